import ZaichikProtocol

/// Counts the fates of the messages enqueued for one flush.
struct PublishTally: Sendable {
    var enqueued: UInt64 = 0
    var duplicates: UInt64 = 0
    /// Sent, and the connection or the patience ended before the answer.
    var unanswered: UInt64 = 0
    /// Never sent.
    var unsent: UInt64 = 0
    private(set) var refused: UInt64 = 0
    private(set) var firstRefusal: ClientError?

    /// The result once every message is answered or given up.
    var result: FlushResult {
        let others = refused + unanswered + unsent
        return FlushResult(
            confirmed: enqueued - min(others, enqueued), refused: refused, firstRefusal: firstRefusal,
            duplicates: duplicates, unanswered: unanswered, unsent: unsent)
    }

    var isAnswered: Bool { unanswered == 0 && unsent == 0 }

    mutating func refuse(_ error: ClientError) {
        refused += 1
        if firstRefusal == nil { firstRefusal = error }
    }

    mutating func lose(isSent: Bool) {
        if isSent { unanswered += 1 } else { unsent += 1 }
    }

    /// Adds what was counted earlier.
    mutating func add(before earlier: PublishTally) {
        enqueued += earlier.enqueued
        duplicates += earlier.duplicates
        unanswered += earlier.unanswered
        unsent += earlier.unsent
        refused += earlier.refused
        firstRefusal = earlier.firstRefusal ?? firstRefusal
    }

    /// The error of a flush that was cut off: what is known of its messages.
    func explain(_ error: ClientError) -> ClientError {
        let result = result
        return ClientError(
            error.code,
            """
            \(error.message); of \(enqueued) messages \(result.confirmed) were accepted, \(refused) refused, \
            \(unanswered) sent and not answered, \(unsent) not sent
            """)
    }
}

extension ClientError {
    /// Of a message that was published before the connection ended and not sent yet.
    var ofUnsent: ClientError { ClientError(.notSent, "\(message); the message had not been sent") }

    /// Of a message that was sent before the connection ended.
    var ofUnanswered: ClientError {
        ClientError(code, "\(message); it is not known whether the broker accepted the message")
    }

    static let receiptLost = ClientError(
        .receiptLost, "the broker has the message, accepted or as a duplicate; its receipt was lost with the connection"
    )

    /// Of a publish of which a later connection tells that it was answered, and no longer how.
    static let answerLost = ClientError(
        .connectionLost,
        "the broker has answered the message, but whether it accepted or refused it was lost with the connection")

    static let withdrawn = ClientError(.notSent, "the message was withdrawn before it was sent")
}
