import NIOConcurrencyHelpers
import ZaichikProtocol

/// The broker's ``ProducerTable``, behind a lock: it is asked when a connection of a named producer begins and ends, and
/// never for a message.
final class ProducerRegistry: Sendable {
    private let table: NIOLockedValueBox<ProducerTable>

    /// - Parameters:
    ///   - most: The most producers without a connection.
    ///   - expiry: How long each of them is remembered, in µs.
    init(most: Int, expiry: UInt64, budget: MemoryBudget) {
        table = NIOLockedValueBox(ProducerTable(most: most, expiry: expiry, budget: budget))
    }

    /// Producers that are remembered, with a connection or without.
    var count: Int { table.withLockedValue { $0.count } }
    /// Producers that were forgotten before their time, because there were too many.
    var forgotten: UInt64 { table.withLockedValue { $0.forgotten } }

    /// See ``ProducerTable/set(most:expiry:)``.
    func set(most: Int, expiry: UInt64) { table.withLockedValue { $0.set(most: most, expiry: expiry) } }

    /// See ``ProducerTable/claim(_:by:now:)``.
    func claim(_ name: SessionName, by claimant: ProducerTable.Holder, now: UInt64) -> ProducerTable.Claim {
        table.withLockedValue { $0.claim(name, by: claimant, now: now) }
    }

    /// See ``ProducerTable/contention(for:now:)``.
    func contention(for name: SessionName, now: UInt64) -> ProducerTable.Holder? {
        table.withLockedValue { $0.contention(for: name, now: now) }
    }

    /// See ``ProducerTable/noteTakeover(_:now:)``.
    func noteTakeover(_ name: SessionName, now: UInt64) {
        table.withLockedValue { $0.noteTakeover(name, now: now) }
    }

    /// See ``ProducerTable/end(_:_:answered:refusals:now:)``.
    func end(
        _ name: SessionName, _ handle: PublisherHandle, answered: UInt64, refusals: PublishRefusals, now: UInt64
    ) -> ProducerTable.Ended {
        table.withLockedValue { $0.end(name, handle, answered: answered, refusals: refusals, now: now) }
    }

    /// Forgets producers that have been without a connection for too long.
    func secondPassed(now: UInt64) { table.withLockedValue { $0.forgetExpired(now: now) } }
}
