SELECT item_code AS product_id,
       name AS name,
       category AS category,
       discontinued_on AS discontinued_on
FROM item
