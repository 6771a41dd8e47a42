BEGIN TRANSACTION;
CREATE TABLE orders (
	id INTEGER NOT NULL, 
	ft_trade_id INTEGER, 
	ft_order_side VARCHAR(25) NOT NULL, 
	ft_pair VARCHAR(25) NOT NULL, 
	ft_is_open BOOLEAN NOT NULL, 
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
	order_date DATETIME, 
	order_filled_date DATETIME, 
	order_update_date DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT _order_pair_order_id UNIQUE (ft_pair, order_id), 
	FOREIGN KEY(ft_trade_id) REFERENCES trades (id)
);
INSERT INTO "orders" VALUES(1,1,'buy','ADA/USDT',0,'buy1','closed','ADA/USDT','limit','buy',2.0,2.0,50.0,50.0,0.0,100.0,'2021-09-01 10:00:00.000000','2021-09-01 10:00:00.000000','2021-09-01 10:00:00.000000');
INSERT INTO "orders" VALUES(2,1,'sell','ADA/USDT',0,'sell1','closed','ADA/USDT','limit','sell',2.1,2.1,50.0,50.0,0.0,105.0,'2021-09-01 12:00:00.000000','2021-09-01 12:00:00.000000','2021-09-01 12:00:00.000000');
INSERT INTO "orders" VALUES(3,2,'buy','ADA/USDT',0,'buy2','closed','ADA/USDT','limit','buy',2.0,2.0,50.0,50.0,0.0,100.0,'2021-09-02 10:00:00.000000','2021-09-02 10:00:00.000000','2021-09-02 10:00:00.000000');
CREATE TABLE pairlocks (
	id INTEGER NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	reason VARCHAR(255), 
	lock_time DATETIME NOT NULL, 
	lock_end_time DATETIME NOT NULL, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE trades (
	id INTEGER NOT NULL, 
	exchange VARCHAR(25) NOT NULL, 
	pair VARCHAR(25) NOT NULL, 
	is_open BOOLEAN NOT NULL, 
	fee_open FLOAT NOT NULL, 
	fee_open_cost FLOAT, 
	fee_open_currency VARCHAR(25), 
	fee_close FLOAT NOT NULL, 
	fee_close_cost FLOAT, 
	fee_close_currency VARCHAR(25), 
	open_rate FLOAT, 
	open_rate_requested FLOAT, 
	open_trade_value FLOAT, 
	close_rate FLOAT, 
	close_rate_requested FLOAT, 
	close_profit FLOAT, 
	close_profit_abs FLOAT, 
	stake_amount FLOAT NOT NULL, 
	amount FLOAT, 
	amount_requested FLOAT, 
	open_date DATETIME NOT NULL, 
	close_date DATETIME, 
	open_order_id VARCHAR(255), 
	stop_loss FLOAT, 
	stop_loss_pct FLOAT, 
	initial_stop_loss FLOAT, 
	initial_stop_loss_pct FLOAT, 
	stoploss_order_id VARCHAR(255), 
	stoploss_last_update DATETIME, 
	max_rate FLOAT, 
	min_rate FLOAT, 
	sell_reason VARCHAR(100), 
	sell_order_status VARCHAR(100), 
	strategy VARCHAR(100), 
	buy_tag VARCHAR(100), 
	timeframe INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "trades" VALUES(1,'binance','ADA/USDT',0,0.001,NULL,NULL,0.001,NULL,NULL,2.0,NULL,100.1,2.1,NULL,0.048,4.8,100.0,50.0,50.0,'2021-09-01 10:00:00.000000','2021-09-01 12:00:00.000000',NULL,1.8,-0.1,1.8,-0.1,NULL,NULL,2.1,1.9,'roi',NULL,'Idle',NULL,5);
INSERT INTO "trades" VALUES(2,'binance','ADA/USDT',1,0.001,NULL,NULL,0.001,NULL,NULL,2.0,NULL,100.1,NULL,NULL,NULL,NULL,100.0,50.0,50.0,'2021-09-02 10:00:00.000000',NULL,NULL,1.8,-0.1,1.8,-0.1,NULL,NULL,2.1,1.9,NULL,NULL,'Idle',NULL,5);
CREATE INDEX ix_trades_is_open ON trades (is_open);
CREATE INDEX ix_trades_pair ON trades (pair);
CREATE INDEX ix_trades_stoploss_order_id ON trades (stoploss_order_id);
CREATE INDEX ix_pairlocks_lock_end_time ON pairlocks (lock_end_time);
CREATE INDEX ix_pairlocks_active ON pairlocks (active);
CREATE INDEX ix_pairlocks_pair ON pairlocks (pair);
CREATE INDEX ix_orders_ft_trade_id ON orders (ft_trade_id);
CREATE INDEX ix_orders_ft_is_open ON orders (ft_is_open);
CREATE INDEX ix_orders_order_id ON orders (order_id);
COMMIT;
