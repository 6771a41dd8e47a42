from appliance.research.hyperopt.options import SearchOptions


def test_spaces_may_be_one_text_as_configurations_have_them():
    assert SearchOptions.of({"spaces": "buy sell"}).spaces == ("buy", "sell")


def test_defaults_are_freqtrades():
    options = SearchOptions.of({})
    assert (options.epochs, options.spaces, options.hyperopt_min_trades) == (100, ("default",), 1)
