"""What a search leaves behind: its epochs in freqtrade's files, tables of them, exported parameters."""
