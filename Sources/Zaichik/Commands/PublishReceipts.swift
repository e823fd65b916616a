import ZaichikClient
import ZaichikProtocol

/// Publishes messages one after the other, and prints what became of each.
struct PublishReceipts {
    /// The sum of what became of them.
    private(set) var result = FlushResult()
    private var output = StandardOutput()
    private let json: Bool

    /// - Parameter json: Whether each is told as a JSON object.
    init(json: Bool) { self.json = json }

    /// - Throws: The client's error, unless it is a refusal of this message.
    mutating func publish(
        _ message: MessageSource.Message, to topic: TopicName, traced: Bool, _ client: ZaichikClient
    ) async throws {
        do throws(ClientError) {
            let receipt = try await client.publishWithReceipt(
                message.payload, to: topic, key: message.key, headers: message.headers, traced: traced)
            result.confirmed += 1
            if receipt.outcome == .duplicate { result.duplicates += 1 }
            tell(receipt.sequence, receipt.outcome.description, queues: receipt.queues)
        } catch {
            guard case .refused(let code) = error.code, code.scope == .request else {
                if error.code != .notSent { result.unanswered += 1 }
                throw error
            }
            result.refused += 1
            if result.firstRefusal == nil { result.firstRefusal = error }
            tell(0, "refused", code: code.name)
        }
        try output.flush()
    }

    /// - Parameters:
    ///   - queues: nil if it was refused.
    ///   - code: Why it was refused; nil if it was not.
    private mutating func tell(_ sequence: UInt64, _ outcome: String, queues: UInt32? = nil, code: String? = nil) {
        guard json else { return output.line("\(sequence) \(outcome) \(queues.map(String.init) ?? code ?? "")") }
        output.object { buffer in
            buffer.writeField("sequence", sequence)
            buffer.writeField("outcome", outcome)
            if let queues { buffer.writeField("queues", UInt64(queues)) } else { buffer.writeNull("queues") }
            if let code { buffer.writeField("code", code) } else { buffer.writeNull("code") }
        }
    }
}
