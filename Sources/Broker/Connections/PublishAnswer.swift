import ZaichikProtocol

/// The answer to consecutive publishes of a connection.
struct PublishAnswer {
    /// The number of publishes.
    let count: Int
    var wantsConfirm: Bool
    /// The message that has to be visible before the answer is given; nil if all are visible.
    var awaits: (topicID: UInt32, sequence: UInt64)?
    private let content: Content

    private enum Content {
        case accepted
        case receipts([Receipt])
        case rejected(ErrorCode, String)
    }

    private struct Receipt {
        var outcome: PublishOutcome
        /// The index of the publish among those answered here.
        var index: Int
        var topicID: UInt32
        var sequence: UInt64
        var queues: UInt32
    }

    init(_ result: PublishResult, topicID: UInt32, wantsConfirm: Bool, wantsReceipt: Bool) {
        count = result.count
        self.wantsConfirm = wantsConfirm
        if !result.isReleased { awaits = (topicID, result.lastSequence) }
        let queues = UInt32(clamping: result.queues)
        if wantsReceipt, result.delayed > 0 {
            content = .receipts([
                Receipt(outcome: .delayed, index: 0, topicID: topicID, sequence: 0, queues: queues)
            ])
        } else if wantsReceipt, result.accepted > 0 {
            content = .receipts([
                Receipt(
                    outcome: .accepted, index: 0, topicID: topicID, sequence: result.firstSequence, queues: queues)
            ])
        } else if !result.duplicates.isEmpty {
            content = .receipts(
                result.duplicates.map {
                    Receipt(
                        outcome: .duplicate, index: $0.index, topicID: topicID, sequence: $0.sequence, queues: queues)
                })
        } else {
            content = .accepted
        }
    }

    init(rejected count: Int, _ code: ErrorCode, _ message: String) {
        self.count = count
        wantsConfirm = true
        content = .rejected(code, message)
    }

    /// The code if the publishes were refused; nil if they were not.
    var refusal: ErrorCode? { if case .rejected(let code, _) = content { code } else { nil } }

    /// Writes the frames that concern single publishes; a CONFIRM covers the rest.
    ///
    /// - Parameter answered: The number of publishes answered before these.
    func write(after answered: UInt64, _ connection: Connection) {
        switch content {
        case .accepted: break
        case .receipts(let receipts):
            for receipt in receipts {
                connection.send(
                    .receipt(
                        receipt.outcome, publish: answered + UInt64(receipt.index) + 1, topicID: receipt.topicID,
                        sequence: receipt.sequence, queues: receipt.queues))
            }
        case .rejected(let code, let message):
            for number in 0..<UInt64(count) {
                connection.send(.reject(code: code.rawValue, publish: answered + number + 1, message: message))
            }
        }
    }
}
