SELECT staff_no AS rep_id,
       figure AS metric,
       span AS period,
       starts_on AS starts_on,
       amount AS target
FROM target
