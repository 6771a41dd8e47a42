"""Pure decisions: when to enter, when to leave, how much to stake."""
