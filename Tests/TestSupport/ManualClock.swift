import Synchronization

/// A clock that moves when it is told to.
public final class ManualClock: Sendable {
    private let time: Atomic<UInt64>

    /// - Parameter start: In µs since 1970.
    public init(start: UInt64 = 1_700_000_000_000_000) { time = Atomic(start) }

    /// In µs since 1970.
    public var now: UInt64 { time.load(ordering: .sequentiallyConsistent) }

    public func advance(milliseconds: UInt64) {
        time.wrappingAdd(milliseconds * 1000, ordering: .sequentiallyConsistent)
    }

    public func advance(seconds: UInt64) { advance(milliseconds: seconds * 1000) }

    public func retreat(seconds: UInt64) {
        time.wrappingSubtract(seconds * 1_000_000, ordering: .sequentiallyConsistent)
    }
}
