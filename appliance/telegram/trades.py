"""Show trades by Telegram, in detail or as a table."""

from collections.abc import Iterable

from appliance.domain.enums import TradingMode
from appliance.domain.errors import Refused
from appliance.notify.amounts import NOT_KNOWN, coin, percent, rate
from appliance.notify.pages import Block
from appliance.queries import custom_data as custom_data_queries
from appliance.queries import trades as trade_queries
from appliance.reports.views.time_format import ago
from appliance.reports.views.trade import OpenTradeView, OrderView
from appliance.telegram.answers import Answer, ChatRequest, heading, number, rows, table, text_answer

_SPACE = Block(("",))


async def status(request: ChatRequest) -> Answer:
    """Show all open trades, the named ones, or a table. Raises Refused, NotFound."""
    if "table" in request.words:
        return await _status_table(request)
    chosen = await _chosen(request)
    if not chosen:
        return text_answer("There is no open trade.")
    blocks = [block for trade in chosen for block in (_details(request, trade), _SPACE)]
    return Answer(blocks=tuple(blocks[:-1]))


async def orders(request: ChatRequest) -> Answer:
    """Show the filled orders of open trades, or of the named ones. Raises Refused, NotFound."""
    chosen = await _chosen(request)
    if not chosen:
        return text_answer("There is no open trade.")
    blocks = [block for trade in chosen for block in (*_orders_of(trade), _SPACE)]
    return Answer(blocks=tuple(blocks[:-1]))


async def last_trades(request: ChatRequest) -> Answer:
    """Show the last closed trades."""
    bot, wanted = request.bot, request.count(10, 100)
    newest = bot.book.closed[-wanted:][::-1]
    if not newest:
        return text_answer("No trade has been closed yet.")
    stake, sided = bot.settings.stake_currency, bot.settings.trading_mode is not TradingMode.SPOT
    lines = [
        (
            ago(trade.close_date, bot.now()),
            f"{trade.pair} (#{trade.id}{_side(trade.is_short) if sided else ''})",
            f"{percent(trade.close_profit)} ({coin(trade.close_profit_abs, stake, named=False)})",
        )
        for trade in newest
    ]
    blocks = (
        heading(f"The last {len(newest)} trades"),
        table(("Closed", "Pair", f"Profit ({stake})"), lines),
    )
    return Answer(blocks=blocks)


async def count(request: ChatRequest) -> Answer:
    found = trade_queries.count(request.bot)
    most = "no limit" if found.max < 0 else found.max
    stake = coin(found.total_stake, request.bot.settings.stake_currency)
    return Answer(blocks=(table(("open", "most", "stake"), [(found.current, most, stake)]),), refresh=True)


async def list_custom_data(request: ChatRequest) -> Answer:
    """Show the custom data of a trade, all or one key. Raises Refused, NotFound."""
    key = request.words[1] if len(request.words) > 1 else None
    path, query = custom_data_queries.TradeIdPath(request.trade_id()), custom_data_queries.KeyQuery(key)
    found = await custom_data_queries.of_trade(request.bot, path, query)
    blocks = [
        rows(
            ("Key", entry.key),
            ("Type", entry.type),
            ("Value", str(entry.value)),
            ("Since", f"{entry.created_at:%Y-%m-%d %H:%M:%S}"),
            ("Changed", f"{entry.updated_at:%Y-%m-%d %H:%M:%S}") if entry.updated_at else None,
        )
        for of_trade in found
        for entry in of_trade.custom_data
    ]
    return Answer(blocks=tuple(each for block in blocks for each in (block, _SPACE))[:-1])


async def _chosen(request: ChatRequest) -> list[OpenTradeView]:
    if not request.words:
        return await trade_queries.open_trades(request.bot)
    ids = [number(word, "the id of a trade") for word in request.words[:20]]
    return [await trade_queries.trade(request.bot, trade_queries.TradePath(trade_id)) for trade_id in ids]


def _details(request: ChatRequest, trade: OpenTradeView) -> Block:
    quote = trade.quote_currency
    leverage = f" ({trade.leverage:.3g}x)" if (trade.leverage or 1.0) != 1.0 else ""
    return rows(
        ("Trade", f"{trade.trade_id} (since {_age(request, trade)})" if trade.is_open else trade.trade_id),
        ("Pair", trade.pair),
        ("Direction", f"{'short' if trade.is_short else 'long'}{leverage}"),
        ("Amount", f"{rate(trade.amount)} ({coin(trade.stake_amount, quote)})"),
        *_adjustments(request, trade),
        *_reasons(trade),
        ("Open rate", rate(trade.open_rate)),
        ("Close rate", rate(trade.close_rate)) if trade.close_rate else None,
        ("Opened", trade.open_date),
        ("Closed", trade.close_date) if trade.close_date else None,
        ("Current rate", rate(trade.current_rate)) if trade.is_open else None,
        ("Profit so far" if trade.is_open else "Profit", _profit(request, trade)),
        *(_while_open(trade) if trade.is_open else ()),
    )


def _adjustments(request: ChatRequest, trade: OpenTradeView) -> Iterable[tuple[str, object]]:
    """Yield what only matters where positions are adjusted."""
    if request.bot.resolved.position_adjustment_enable:
        yield "Most invested", coin(trade.max_stake_amount or trade.stake_amount, trade.quote_currency)
        yield "Entries, exits", f"{trade.nr_of_successful_entries}, {trade.nr_of_successful_exits}"


def _reasons(trade: OpenTradeView) -> Iterable[tuple[str, object]]:
    if trade.enter_tag:
        yield "Tag", trade.enter_tag
    if trade.exit_reason:
        yield "Exit reason", trade.exit_reason


def _profit(request: ChatRequest, trade: OpenTradeView) -> str:
    if trade.profit_abs is None:
        return NOT_KNOWN
    fiat = request.bot.settings.fiat_display_currency
    in_fiat = f", {trade.profit_fiat:.2f} {fiat}" if fiat and trade.profit_fiat is not None else ""
    return f"{percent(trade.profit_ratio)} ({coin(trade.profit_abs, trade.quote_currency)}){in_fiat}"


def _while_open(trade: OpenTradeView) -> Iterable[tuple[str, object] | None]:
    quote = trade.quote_currency
    if trade.realized_profit:
        yield "Realized profit", coin(trade.realized_profit, quote)
    if trade.realized_profit and trade.total_profit_abs is not None:
        yield "Total profit", f"{percent(trade.total_profit_ratio)} ({coin(trade.total_profit_abs, quote)})"
    if trade.liquidation_price:
        yield "Liquidation", rate(trade.liquidation_price)
    if trade.initial_stop_loss_abs and trade.stop_loss_abs != trade.initial_stop_loss_abs:
        initial = f"{rate(trade.initial_stop_loss_abs)} ({percent(trade.initial_stop_loss_ratio)})"
        yield "Initial stop", initial
    yield "Stop", f"{rate(trade.stop_loss_abs)} ({percent(trade.stop_loss_ratio)})"
    if trade.current_rate is not None:
        away = percent(trade.stoploss_current_dist_ratio)
        yield "Distance to the stop", f"{rate(trade.stoploss_current_dist)} ({away})"
    for order in trade.orders:
        if order.is_open:
            yield "Open order", f"{order.order_type} {order.ft_order_side} at {rate(order.safe_price)}"


def _orders_of(trade: OpenTradeView) -> Iterable[Block]:
    yield heading(f"Orders of trade {trade.trade_id}, {trade.pair}")
    filled = [order for order in trade.orders if not order.is_open]
    entry_side = "sell" if trade.is_short else "buy"
    for place, order in enumerate(filled, start=1):
        kind = "Entry" if order.ft_order_side == entry_side else "Exit"
        yield rows(*_order(order, filled[0], trade.quote_currency), title=f"{kind} {place}")
    if not filled:
        yield Block(("No order has been filled yet.",))


def _order(order: OrderView, first: OrderView, quote: str) -> Iterable[tuple[str, object]]:
    yield "Amount", f"{rate(order.filled or order.amount)} ({coin(order.cost, quote)})"
    if order is first or not first.safe_price:
        yield "Average rate", rate(order.safe_price)
    else:
        away = (order.safe_price - first.safe_price) / first.safe_price
        yield "Average rate", f"{rate(order.safe_price)} ({percent(away)} from the first entry)"


async def _status_table(request: ChatRequest) -> Answer:
    open_trades = await trade_queries.open_trades(request.bot)
    if not open_trades:
        raise Refused("There is no open trade.")
    fiat = request.bot.settings.fiat_display_currency
    lines = [
        (
            f"{trade.trade_id} {_side(trade.is_short)}",
            f"{trade.pair}{_pending(trade)}",
            _age(request, trade),
            _short_profit(trade, fiat),
        )
        for trade in open_trades
    ]
    made = [trade.profit_abs for trade in open_trades if trade.profit_abs is not None]
    total = coin(sum(made), open_trades[0].quote_currency) if len(made) == len(lines) else NOT_KNOWN
    last = [("Total", "", "", total)] if len(lines) > 1 else []
    below = (
        Block(("* entry order open, ** exit order open",)) if any("*" in line[1] for line in lines) else None
    )
    shown = table(("ID", "Pair", "Since", "Profit"), [*lines, *last])
    return Answer(blocks=(shown, below) if below else (shown,), refresh=True)


def _pending(trade: OpenTradeView) -> str:
    entry_side = "sell" if trade.is_short else "buy"
    sides = {
        order.ft_order_side for order in trade.orders if order.is_open and order.ft_order_side != "stoploss"
    }
    return ("*" if entry_side in sides else "") + ("**" if sides - {entry_side} else "")


def _short_profit(trade: OpenTradeView, fiat: str) -> str:
    if trade.profit_abs is None:
        return NOT_KNOWN
    return f"{percent(trade.profit_ratio)} ({_short_amount(trade, fiat)})"


def _short_amount(trade: OpenTradeView, fiat: str) -> str:
    if fiat and trade.profit_fiat is not None:
        return f"{trade.profit_fiat:.2f}"
    return coin(trade.profit_abs, trade.quote_currency, named=False)


def _age(request: ChatRequest, trade: OpenTradeView) -> str:
    seconds = max(int(request.bot.now().timestamp() - trade.open_timestamp / 1000), 0)
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds // 60
    return f"{days} d" if days else f"{hours} h" if hours else f"{minutes} min"


def _side(is_short: bool) -> str:
    return "S" if is_short else "L"
