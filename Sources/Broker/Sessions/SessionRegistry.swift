import NIOConcurrencyHelpers
import Synchronization
import ZaichikProtocol

/// All sessions by name: a name is looked up when a connection says HELLO, and when somebody asks about a session.
///
/// A session is claimed and removed by its own loop only. Between a look-up and the use of what was found it may have
/// ended, so whoever comes to its loop looks again.
final class SessionRegistry: Sendable {
    /// Split into parts: a dictionary that grows moves all its entries at once, and no client should wait for 100,000
    /// names.
    private let parts: [NIOLockedValueBox<[SessionName: SessionPlace]>]
    private let total = Atomic<Int>(0)
    /// The most sessions that may exist.
    var limit: Int { most.load(ordering: .relaxed) }
    private let most: Synchronization.Atomic<Int>

    private static let partCount = 64

    init(limit: Int) {
        most = Atomic(limit)
        parts = (0..<Self.partCount).map { _ in NIOLockedValueBox([:]) }
    }

    /// Changes how many sessions may exist. Those that exist stay.
    func setLimit(_ limit: Int) { most.store(limit, ordering: .relaxed) }

    /// The number of sessions.
    var count: Int { total.load(ordering: .relaxed) }

    func place(of name: SessionName) -> SessionPlace? { part(of: name).withLockedValue { $0[name] } }

    /// Enters a session, unless there is one of the name.
    ///
    /// - Returns: The place of the session that has the name now: this one, or the one that was there.
    /// - Throws: At the limit.
    func claim(_ place: SessionPlace) throws(FrameError) -> SessionPlace {
        let found: SessionPlace? = part(of: place.name).withLockedValue { places in
            if let found = places[place.name] { return found }
            guard total.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
                total.wrappingSubtract(1, ordering: .relaxed)
                return nil
            }
            places[place.name] = place
            return place
        }
        guard let found else {
            throw FrameError(
                .tooManySessions,
                "there are \(limit) sessions, and no more may be created; delete one, or let it expire")
        }
        return found
    }

    /// Removes a session, if it still has its name.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    func remove(_ place: SessionPlace) -> Bool {
        part(of: place.name).withLockedValue { places in
            guard places[place.name] === place else { return false }
            places[place.name] = nil
            total.wrappingSubtract(1, ordering: .relaxed)
            return true
        }
    }

    private func part(of name: SessionName) -> NIOLockedValueBox<[SessionName: SessionPlace]> {
        parts[Int(UInt(bitPattern: name.hashValue) % UInt(Self.partCount))]
    }
}
