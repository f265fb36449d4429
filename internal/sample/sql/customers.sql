SELECT customer_no AS customer_id,
       name AS name,
       staff_no AS rep_id,
       trade AS segment,
       registered_on AS created_at
FROM customer
WHERE deleted = 0
