import Logging
import ZaichikProtocol

// What the log tells of a client.
extension Connection {
    var metadata: Logger.Metadata { identity.metadata }

    /// Who it is, with its session.
    var eventMetadata: Logger.Metadata {
        session.map { metadata.merging($0.metadata) { $1 } } ?? metadata
    }

    var connectedMetadata: Logger.Metadata {
        var values = metadata.merging(identity.reported) { $1 }
        values["dialect"] = "\(dialect ?? .native)"
        return values
    }

    /// Logs how the connection ended. One that never was a client's is worth a line only if the broker ended it.
    func logDeparture() {
        let departure = life.departure ?? .vanished
        let kind: LogKind = life.hasServed || departure.isOfBroker ? .clientDisconnected : .ungreeted
        core.log.tell(kind, departedMetadata(departure))
    }

    private func departedMetadata(_ departure: Departure) -> Logger.Metadata {
        let age = shard.now > identity.connectedAt ? shard.now - identity.connectedAt : 0
        return metadata.merging([
            "reason": .quoted(departure.reason), "seconds": "\(age / 1_000_000)",
            "published": "\(counters.published)", "delivered": "\(attachment.delivered)",
            "committed": "\(attachment.committed)",
        ]) { $1 }
    }
}
