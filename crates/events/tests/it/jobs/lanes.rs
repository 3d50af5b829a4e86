//! A slow destination delays nobody else.

use super::worker::Worker;
use crate::house::{House, SETS};

hanok_db::both_engines! {
    sets(SETS);

    async fn a_stuck_lane_holds_only_its_own_slots(db: Db) {
        let mut house = House::new(&db);
        house.config.workers = 6;
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("slow");
        for _ in 0..30 {
            house.enqueue("slow", "x").await?;
        }
        let engine = house.engine_with(&worker);
        let running = engine.start();
        for _ in 0..4 {
            assert_eq!(starts.recv().await.unwrap(), "slow");
        }
        house.advance(1);
        for _ in 0..30 {
            house.enqueue("fast", "x").await?;
        }

        let mut fast = 0;
        while fast < 30 {
            fast += u32::from(starts.recv().await.unwrap() == "fast");
        }
        let slow = worker.started().iter().filter(|(_, lane)| lane == "slow").count();
        assert_eq!((slow, worker.most("slow")), (4, 4));

        worker.let_through("slow", 30);
        let mut slow = 4;
        while slow < 30 {
            slow += u32::from(starts.recv().await.unwrap() == "slow");
        }
        running.shutdown().await;
        assert_eq!((worker.most("slow"), worker.started().len()), (4, 60));
        assert_eq!(house.number("SELECT COUNT(*) FROM job").await?, 0);
    }

    async fn a_freed_worker_goes_to_the_lane_with_the_fewest_under_way(db: Db) {
        let mut house = House::new(&db);
        house.config.workers = 4;
        let (worker, mut starts) = Worker::new(&house);
        worker.hold("slow");
        for _ in 0..12 {
            house.enqueue("slow", "x").await?;
        }
        let engine = house.engine_with(&worker);
        let running = engine.start();
        for _ in 0..4 {
            assert_eq!(starts.recv().await.unwrap(), "slow");
        }
        house.advance(1);
        house.enqueue("new", "x").await?;

        worker.let_through("slow", 1);
        assert_eq!(starts.recv().await.unwrap(), "new");

        worker.let_through("slow", 11);
        running.shutdown().await;
    }

    async fn every_lane_gets_its_first_jobs_in_order(db: Db) {
        let house = House::new(&db);
        let (worker, _starts) = Worker::new(&house);
        let engine = house.engine_with(&worker);
        let mut enqueued = Vec::new();
        for n in 0..25 {
            let lane = ["a", "b", "c"][n % 3];
            enqueued.push((house.enqueue(lane, "x").await?, lane.to_owned()));
            house.clock.advance(std::time::Duration::from_millis(1));
        }
        engine.settle().await?;
        let started = worker.started();
        assert_eq!(started.len(), 25);
        for lane in ["a", "b", "c"] {
            let of_lane = |jobs: &[(_, String)]| -> Vec<_> {
                jobs.iter().filter(|job| job.1 == lane).cloned().collect()
            };
            assert_eq!(of_lane(&started), of_lane(&enqueued));
            assert!(worker.most(lane) <= 4);
        }
    }
}
