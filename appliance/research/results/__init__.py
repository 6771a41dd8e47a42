"""Keep the results of backtests: statistics, files in freqtrade's form, tables, warnings."""
