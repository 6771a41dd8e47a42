"""an addition that waits measures a custom stop from the open rate"""
from pandas import DataFrame
from freqtrade.strategy import IStrategy, stoploss_from_absolute


def turn(t, pair, every, off=0):
    return (int(t.timestamp() // 60) + sum(map(ord, pair)) + off) % every == 0


class MWaitingAddition(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"5": -1, "20": -0.01}
    stoploss = -0.3
    use_exit_signal = True
    exit_profit_only = True
    exit_profit_offset = -0.002
    ignore_roi_if_entry_signal = True
    ignore_buying_expired_candle_after = 200
    startup_candle_count = 20
    position_adjustment_enable = True
    max_entry_position_adjustment = 1
    use_custom_stoploss = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        d = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = d.day_of_year * 7 + d.hour * 12 + d.minute // 5 + salt
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 9 == 0, ["enter_long", "enter_tag"]] = (1, "l9")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        clock = dataframe["clock"]
        dataframe.loc[clock % 17 == 0, ["exit_long", "exit_tag"]] = (1, "x")
        return dataframe

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        age = (current_time - trade.open_date_utc).total_seconds() / 60
        if age > 10:
            return stoploss_from_absolute(trade.open_rate * (1.002 if trade.is_short else 0.998), current_rate, is_short=trade.is_short, leverage=trade.leverage)
        return -0.01

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason, current_time, **kwargs):
        return not (turn(current_time, pair, 3) and exit_reason != "stop_loss")

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return proposed_rate * (1 + (1 if side == 'short' else -1) * 0.001)

    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate, entry_tag, side, **kwargs):
        return proposed_rate if turn(current_time, pair, 10) else current_order_rate

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake, current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit, **kwargs):
        if current_profit < -0.003 and trade.nr_of_successful_entries < 4:
            return 30.0
        if current_profit > 0.001 and turn(current_time, trade.pair, 35):
            return (-trade.stake_amount / 3, "less")

    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake, leverage, entry_tag, side, **kwargs):
        return max_stake / 4
