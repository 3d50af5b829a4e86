-- What became of a provider's requests, day by day where the organisation is; a day is filled once it is over.
-- Both rates follow from the counts, by the database's own reckoning.
CREATE TABLE service_provider_statistics (
    provider_id UUID NOT NULL REFERENCES service_provider (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    total_requests BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    -- What the completed ones took together, from the request to the approval.
    processing_micros BIGINT NOT NULL,
    success_rate DOUBLE PRECISION GENERATED ALWAYS AS (
        CASE WHEN total_requests = 0 THEN CAST(0 AS DOUBLE PRECISION)
        ELSE CAST(ROUND(100.0 * completed / total_requests, 2) AS DOUBLE PRECISION) END) STORED,
    avg_processing_seconds DOUBLE PRECISION GENERATED ALWAYS AS (
        CASE WHEN completed = 0 THEN NULL
        ELSE CAST(ROUND(processing_micros / 1000000.0 / completed, 3) AS DOUBLE PRECISION) END) STORED,
    filled_at BIGINT NOT NULL,
    CONSTRAINT service_provider_statistics_date_format CHECK (date LIKE '____-__-__'),
    CONSTRAINT service_provider_statistics_adds_up CHECK (
        completed >= 0 AND failed >= 0 AND expired >= 0 AND processing_micros >= 0
        AND completed + failed + expired <= total_requests)
);

CREATE UNIQUE INDEX service_provider_statistics_once ON service_provider_statistics (provider_id, date);
CREATE INDEX service_provider_statistics_date ON service_provider_statistics (date);

-- The newest day that was filled in its turn; none before the first. Days are filled also while there is
-- no provider to have a row of its own.
CREATE TABLE service_provider_statistics_progress (
    id BIGINT NOT NULL PRIMARY KEY,
    newest_date TEXT NOT NULL,
    CONSTRAINT service_provider_statistics_progress_single CHECK (id = 1),
    CONSTRAINT service_provider_statistics_progress_date_format CHECK (newest_date LIKE '____-__-__')
);
