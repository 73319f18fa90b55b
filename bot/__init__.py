"""The core of Paperboy: values, decisions and ports. No I/O library is imported here."""
