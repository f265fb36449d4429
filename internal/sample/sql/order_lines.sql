SELECT o.order_no AS order_id,
       o.customer_no AS customer_id,
       o.ordered_at AS ordered_at,
       l.item_code AS product_id,
       CASE WHEN o.order_type = 'return' THEN -l.quantity ELSE l.quantity END AS quantity,
       CASE WHEN o.order_type = 'return' THEN -l.supply_amount ELSE l.supply_amount END AS amount,
       o.staff_no AS rep_id
FROM sales_order o
JOIN sales_order_line l ON l.order_no = o.order_no
WHERE o.status IN ('confirmed', 'shipped', 'invoiced')
