"""Lock a pair for a while after each of its trades."""

from appliance.rules.protections.window import LockWish, Moment, Protection, Trades


class CooldownPeriod(Protection, frozen=True, kw_only=True):
    """Lock the pair of a trade that has closed."""

    def of_pair(self, trades: Trades, moment: Moment) -> LockWish | None:
        recent = self.recent(trades, moment, pair=moment.pair)
        if not recent:
            return None
        return LockWish(self.lock_end(recent, moment), f"Cooldown period {self.lock_in_words()}")

    def summary(self) -> str:
        return f"{self.name}: locks a pair {self.lock_in_words()} after a trade"
