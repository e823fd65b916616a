/// A point in time, in µs since 1970 UTC. Views and updates get it as an argument; they never read a clock.
typealias Moment = UInt64

extension Moment {
    /// µs from an earlier moment to this one; 0 if it is not earlier.
    func since(_ earlier: Moment) -> UInt64 { self > earlier ? self - earlier : 0 }

    static let second: UInt64 = 1_000_000
}
