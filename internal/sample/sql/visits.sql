SELECT visit_no AS visit_id,
       staff_no AS rep_id,
       customer_no AS customer_id,
       visited_on AS visited_at,
       kind AS kind
FROM visit_log
WHERE state IN ('done', 'planned')
