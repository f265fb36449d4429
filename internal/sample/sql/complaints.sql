SELECT claim_no AS complaint_id,
       customer_no AS customer_id,
       received_on AS opened_at,
       settled_on AS closed_at
FROM claim
