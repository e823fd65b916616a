/// Round trips of PING, one after the other. The broker's processor time within a trip is what its loops did in it; the
/// wall time includes everything else that the machine did.
struct RoundTrips: Sendable {
    /// In ms.
    private(set) var wall = Samples()
    private(set) var processor = Samples()

    /// Measures until it is told to stop.
    ///
    /// - Parameter pause: Between two trips, in ns.
    init(_ peer: Peer, clock: ProcessorClock, pause: UInt64 = 200_000, until stop: StopFlag) throws {
        while !stop.isSet {
            let (start, before) = (Monotonic.now, clock.now)
            try peer.ping()
            processor.add(Double(clock.now - before) / 1e6)
            let now = Monotonic.now
            wall.add(Double(now - start) / 1e6)
            Monotonic.sleep(until: now + pause)
        }
    }

    /// Measures while `body` runs.
    static func during(
        _ peer: Peer, clock: ProcessorClock, _ body: @escaping @Sendable () throws -> Void
    ) throws
        -> RoundTrips
    {
        let stop = StopFlag()
        let results = try Parallel.run(
            [
                {
                    defer { stop.set() }
                    try body()
                    return nil
                },
                { try RoundTrips(peer, clock: clock, until: stop) },
            ] as [@Sendable () throws -> RoundTrips?])
        return results[1]!
    }

    static let columns = ["pings", "wall ms p50", "wall p99", "wall max", "broker CPU ms p99", "CPU max"]

    var cells: [Table.Cell] {
        [.count(wall.values.count)]
            + [wall.median, wall.percentile(99), wall.most, processor.percentile(99), processor.most].map {
                .number($0, decimals: 3)
            }
    }
}
