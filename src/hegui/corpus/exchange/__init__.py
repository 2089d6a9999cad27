"""What others say of datasets, read into the register's words; and the register, written into theirs."""
