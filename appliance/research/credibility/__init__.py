"""Tell a trader how far the result of a search can be trusted: verdict first, figures after."""
