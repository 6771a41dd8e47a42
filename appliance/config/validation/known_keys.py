"""List the keys of freqtrade configurations for other commands (backtests, downloads).

They are neither settings of the running bot nor misspelt.
"""

_NAMES = """
    $schema add_config_files analysis_csv_path analyze_per_epoch backtest_breakdown backtest_cache
    backtest_notes backtest_realism block_bad_exchanges candle_types config_files convert_trades days
    disableparamexport download_trades early_stop enable_dynamic_pairlist enable_protections epochs erase
    exchange.ccxt_options export exportdirectory exportfilename freqaimodel freqaimodel_path hyperopt
    hyperopt_ignore_missing_space hyperopt_jobs hyperopt_loss hyperopt_min_trades hyperopt_path
    hyperopt_random_state include_inactive internals.interval lookahead_analysis_exportfilename
    lookahead_allow_limit_orders minimum_trade_amount new_pairs_days original_config pairs pairs_file
    plot_limit position_stacking print_all print_colorized print_json runmode
    skip_wallet_history_migration spaces startup_candle
    strategy_list targeted_trade_amount timeframe_detail timeframes timerange use_freqai
"""
ELSEWHERE = frozenset(_NAMES.split())
