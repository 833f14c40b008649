INSERT INTO payment_figures
SELECT window_start, COUNT(*), SUM(cents)
FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(event_time), INTERVAL '5' MINUTES))
GROUP BY window_start, window_end;
