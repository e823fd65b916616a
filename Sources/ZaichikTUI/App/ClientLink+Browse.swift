import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

extension ClientLink {
    /// Asks for messages that a topic keeps.
    func browse(_ request: BrowseRequest) {
        guard let client = connectedClient() else {
            return post(.browse(.noPage(request, ErrorText.notConnected)))
        }
        Task {
            do throws(ClientError) {
                let page = try await client.peek(
                    topic: request.topic.string, from: request.start, limit: Browse.page)
                self.post(.browse(.page(request, page.rows.map { ReceivedMessage($0.message) })))
            } catch {
                self.post(.browse(.noPage(request, error.message)))
            }
        }
    }

    /// Reads a message as a whole, of which a page has the beginning: with a connection of its own, so that nothing that this
    /// program subscribes to is touched.
    func readWhole(_ wanted: KeptMessage) {
        let failed = { @Sendable (problem: String) in
            self.post(.browse(.noWhole(topic: wanted.topic.string, sequence: wanted.sequence, problem)))
        }
        Task {
            do {
                let message = try await withThrowingTaskGroup(of: ReceivedMessage?.self) { group in
                    group.addTask { try await self.readAlone(wanted) }
                    group.addTask {
                        try await Task.sleep(for: .seconds(5))
                        throw ClientError(.connectionLost, "the broker has not sent it within 5 s")
                    }
                    defer { group.cancelAll() }
                    return try await group.next() ?? nil
                }
                guard let message else { return failed("the topic does not keep it any more") }
                self.post(.browse(.whole(message)))
            } catch {
                failed((error as? ClientError)?.message ?? "\(error)")
            }
        }
    }

    /// - Returns: nil if it is not kept any more.
    private func readAlone(_ wanted: KeptMessage) async throws -> ReceivedMessage? {
        var own = ClientConfiguration(name: configuration.name + " (reading one message)", program: "zaichik-tui")
        own.window = 1
        let client = try await ZaichikClient.connect(to: address, configuration: own)
        defer { Task { await client.close() } }
        try await client.subscribe(to: TopicPattern(wanted.topic.string), from: .sequence(wanted.sequence))
        var arrivals = client.arrivals.makeAsyncIterator()
        guard case .delivery(let delivery)? = try await arrivals.next(), delivery.sequence == wanted.sequence else {
            return nil
        }
        return ReceivedMessage(delivery, connection: 0)
    }
}

extension ReceivedMessage {
    /// A message that was looked at, of which the broker shows the beginning.
    init(_ kept: ParkedMessage) {
        let parts = kept.parts(of: kept.payload)
        let fields = parts?.headers.fields ?? []
        let headers = fields.map { ReceivedHeader(name: $0.name, value: Array($0.value.readableBytesView)) }
        let own = Int(kept.payloadLength) - (kept.flags.contains(.headers) ? parts?.headers.size ?? 0 : 0)
        self.init(
            topic: kept.topic, sequence: kept.sequence, timestamp: kept.timestamp,
            key: kept.hasKey ? Array(kept.key.readableBytesView) : nil, headers: headers,
            payload: parts.map { Array($0.content.readableBytesView) } ?? [], length: max(own, 0), number: 0,
            connection: 0)
    }
}
