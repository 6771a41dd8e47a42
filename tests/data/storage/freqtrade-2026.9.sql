BEGIN TRANSACTION;
CREATE TABLE "KeyValueStore" (
	id INTEGER NOT NULL, 
	"key" VARCHAR(50) NOT NULL, 
	value_type VARCHAR(20) NOT NULL, 
	string_value VARCHAR(255), 
	datetime_value DATETIME, 
	float_value DOUBLE, 
	int_value INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "KeyValueStore" VALUES(1,'bot_start_time','datetime',NULL,'2026-09-01 12:30:05.123456',NULL,NULL);
INSERT INTO "KeyValueStore" VALUES(2,'startup_time','datetime',NULL,'2026-09-30 08:00:00.000001',NULL,NULL);
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	ft_trade_id INTEGER NOT NULL, 
	ft_order_side VARCHAR(25) NOT NULL, 
	ft_pair VARCHAR(25) NOT NULL, 
	ft_is_open BOOLEAN NOT NULL, 
	ft_amount FLOAT NOT NULL, 
	ft_price FLOAT NOT NULL, 
	ft_cancel_reason VARCHAR(255), 
	order_id VARCHAR(255) NOT NULL, 
	status VARCHAR(255), 
	symbol VARCHAR(25), 
	order_type VARCHAR(50), 
	side VARCHAR(25), 
	price FLOAT, 
	average FLOAT, 
	amount FLOAT, 
	filled FLOAT, 
	remaining FLOAT, 
	cost FLOAT, 
	stop_price FLOAT, 
	order_date DATETIME, 
	order_filled_date DATETIME, 
	order_update_date DATETIME, 
	funding_fee FLOAT, 
	ft_fee_base FLOAT, 
	ft_order_tag VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT _order_pair_order_id UNIQUE (ft_pair, order_id), 
	FOREIGN KEY(ft_trade_id) REFERENCES trades (id)
);
INSERT INTO "orders" VALUES(1,1,'buy','ETH/USDT',0,0.5,100.0,NULL,'dry_run_buy_1','closed','ETH/USDT','limit','buy',100.0,100.0,0.5,0.5,0.0,50.0,NULL,'2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456',NULL,NULL,NULL);
INSERT INTO "orders" VALUES(2,1,'sell','ETH/USDT',1,0.5,110.0,NULL,'dry_run_sell_1','open','ETH/USDT','limit','sell',110.0,NULL,0.5,0.0,0.5,55.0,NULL,'2026-09-01 12:37:05.123456',NULL,'2026-09-01 12:37:05.123456',NULL,NULL,'roi');
INSERT INTO "orders" VALUES(3,2,'sell','BTC/USDT:USDT',0,1.5,100.0,NULL,'f1','closed','ETH/USDT','limit','sell',100.0,100.0,1.5,1.5,0.0,150.0,NULL,'2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456',NULL,NULL,NULL);
INSERT INTO "orders" VALUES(4,3,'buy','SOL/USDT',0,0.5,100.0,NULL,'c1','closed','ETH/USDT','limit','buy',100.0,100.0,0.5,0.5,0.0,50.0,NULL,'2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456','2026-09-01 12:30:05.123456',0.0,NULL,NULL);
INSERT INTO "orders" VALUES(5,3,'sell','SOL/USDT',0,0.5,105.0,NULL,'c2','closed','ETH/USDT','limit','sell',105.0,105.0,0.5,0.5,0.0,52.5,NULL,'2026-09-01 14:30:05.123456','2026-09-01 14:30:05.123456','2026-09-01 14:30:05.123456',0.0,NULL,NULL);
CREATE TABLE pairlocks (
	id INTEGER NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	side VARCHAR(25) NOT NULL, 
	reason VARCHAR(255), 
	lock_time DATETIME NOT NULL, 
	lock_end_time DATETIME NOT NULL, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "pairlocks" VALUES(1,'ETH/USDT','long','Stoploss streak','2026-09-01 12:30:05.123456','2026-09-02 12:35:00.000000',1);
CREATE TABLE trade_custom_data (
	id INTEGER NOT NULL, 
	ft_trade_id INTEGER, 
	cd_key VARCHAR(255) NOT NULL, 
	cd_type VARCHAR(25) NOT NULL, 
	cd_value TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT _trade_id_cd_key UNIQUE (ft_trade_id, cd_key), 
	FOREIGN KEY(ft_trade_id) REFERENCES trades (id)
);
INSERT INTO "trade_custom_data" VALUES(1,1,'text','str','seven','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(2,1,'whole','int','7','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(3,1,'part','float','7.25','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(4,1,'yes','bool','True','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(5,1,'no','bool','False','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(6,1,'list','list','[1, "a", null]','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(7,1,'map','dict','{"a": {"b": 1.5}}','2026-09-01 12:31:00.000000',NULL);
INSERT INTO "trade_custom_data" VALUES(8,1,'nothing','NoneType','null','2026-09-01 12:31:00.000000',NULL);
CREATE TABLE trades (
	id INTEGER NOT NULL, 
	exchange VARCHAR(25) NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	base_currency VARCHAR(25), 
	stake_currency VARCHAR(25), 
	is_open BOOLEAN NOT NULL, 
	fee_open FLOAT NOT NULL, 
	fee_open_cost FLOAT, 
	fee_open_currency VARCHAR(25), 
	fee_close FLOAT NOT NULL, 
	fee_close_cost FLOAT, 
	fee_close_currency VARCHAR(25), 
	open_rate FLOAT NOT NULL, 
	open_rate_requested FLOAT, 
	open_trade_value FLOAT, 
	close_rate FLOAT, 
	close_rate_requested FLOAT, 
	realized_profit FLOAT, 
	close_profit FLOAT, 
	close_profit_abs FLOAT, 
	stake_amount FLOAT NOT NULL, 
	max_stake_amount FLOAT, 
	amount FLOAT NOT NULL, 
	amount_requested FLOAT, 
	open_date DATETIME NOT NULL, 
	close_date DATETIME, 
	stop_loss FLOAT, 
	stop_loss_pct FLOAT, 
	initial_stop_loss FLOAT, 
	initial_stop_loss_pct FLOAT, 
	is_stop_loss_trailing BOOLEAN NOT NULL, 
	max_rate FLOAT, 
	min_rate FLOAT, 
	exit_reason VARCHAR(255), 
	exit_order_status VARCHAR(100), 
	strategy VARCHAR(100), 
	enter_tag VARCHAR(255), 
	timeframe INTEGER, 
	trading_mode VARCHAR(7), 
	amount_precision FLOAT, 
	price_precision FLOAT, 
	precision_mode INTEGER, 
	precision_mode_price INTEGER, 
	contract_size FLOAT, 
	leverage FLOAT, 
	is_short BOOLEAN NOT NULL, 
	liquidation_price FLOAT, 
	interest_rate FLOAT NOT NULL, 
	funding_fees FLOAT, 
	funding_fee_running FLOAT, 
	record_version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "trades" VALUES(1,'binance','ETH/USDT','ETH','USDT',1,0.001,NULL,NULL,0.001,NULL,NULL,100.0,100.0,50.05,NULL,NULL,0.0,NULL,NULL,50.0,NULL,0.5,0.5,'2026-09-01 12:30:05.123456',NULL,90.0,-0.1,90.0,-0.1,0,0.0,NULL,NULL,NULL,'Legacy','dip',5,'SPOT',0.001,0.01,4,4,NULL,1.0,0,NULL,0.0,NULL,NULL,2);
INSERT INTO "trades" VALUES(2,'binance','BTC/USDT:USDT','BTC','USDT',1,0.001,NULL,NULL,0.001,NULL,NULL,100.0,100.0,149.85,NULL,NULL,0.0,NULL,NULL,50.0,NULL,1.5,1.5,'2026-09-01 12:30:05.123456',NULL,103.33,-0.1,103.33,-0.1,0,0.0,NULL,NULL,NULL,'Legacy','dip',5,'FUTURES',0.001,0.01,4,4,NULL,3.0,1,130.0,0.0,0.0125,0.0125,2);
INSERT INTO "trades" VALUES(3,'binance','SOL/USDT','SOL','USDT',0,0.001,0.05,NULL,0.001,NULL,NULL,100.0,100.0,50.05,105.0,NULL,2.3975,0.0479020979020979,2.3975,50.0,50.0,0.5,0.5,'2026-09-01 12:30:05.123456','2026-09-01 14:30:05.123456',90.0,-0.1,90.0,-0.1,0,0.0,NULL,'roi','closed','Legacy','dip',5,'SPOT',0.001,0.01,4,4,NULL,1.0,0,NULL,0.0,0.0,0.0,2);
CREATE TABLE wallet_history (
	id INTEGER NOT NULL, 
	timestamp DATETIME NOT NULL, 
	currency VARCHAR(25) NOT NULL, 
	rate FLOAT, 
	quote_currency VARCHAR(25) NOT NULL, 
	balance FLOAT NOT NULL, 
	total_quote FLOAT, 
	total_position_value FLOAT, 
	collateral FLOAT, 
	leverage FLOAT NOT NULL, 
	bot_managed BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT unique_wallet_daily UNIQUE (timestamp, currency)
);
INSERT INTO "wallet_history" VALUES(1,'2026-09-01 12:30:05.123456','USDT',1.0,'USDT',950.0,950.0,NULL,NULL,1.0,1);
CREATE INDEX "ix_KeyValueStore_key" ON "KeyValueStore" ("key");
CREATE INDEX ix_trades_pair ON trades (pair);
CREATE INDEX ix_trades_is_open ON trades (is_open);
CREATE INDEX ix_pairlocks_lock_end_time ON pairlocks (lock_end_time);
CREATE INDEX ix_pairlocks_pair ON pairlocks (pair);
CREATE INDEX ix_pairlocks_active ON pairlocks (active);
CREATE INDEX ix_wallet_history_timestamp ON wallet_history (timestamp);
CREATE INDEX ix_trade_custom_data_ft_trade_id ON trade_custom_data (ft_trade_id);
CREATE INDEX ix_orders_order_id ON orders (order_id);
CREATE INDEX ix_orders_ft_trade_id ON orders (ft_trade_id);
CREATE INDEX ix_orders_ft_is_open ON orders (ft_is_open);
COMMIT;
