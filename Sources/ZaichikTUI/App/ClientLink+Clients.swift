import ZaichikClient
import ZaichikProtocol
import ZaichikWords

// What Clients and Topics ask: the parts of a drawer, lists, settings.
extension ClientLink {
    func perform(_ request: ClientsRequest) {
        switch request {
        case .facts(let question):
            for part in question.parts {
                answer({ .fact(question.subject, .none(part, $0)) }) { client throws(ClientError) in
                    .fact(question.subject, try await Self.fact(part, question, client))
                }
            }
        case .list(let subject):
            answer({ .notListed(subject, $0) }) { client throws(ClientError) in
                .listed(subject, try await Self.page(of: subject, client))
            }
        case .origin(let topic, let sequence):
            answer({ .origin(topic: topic.string, sequence: sequence, $0) }) { client throws(ClientError) in
                let origin = try await client.origin(ofMessage: sequence, in: topic)
                return .origin(topic: topic.string, sequence: sequence, Self.text(origin))
            }
        case .settleParked(let plan):
            ask { client in
                let ranges = plan.numbers.map { $0...$0 }
                let count = try await client.settleParked(plan.action, ranges, in: plan.session)
                self.post(.clients(.parkedSettled(plan, count: count)))
            }
        case .clientPage(let question):
            answer({ .noPage($0) }) { client throws(ClientError) in
                let (first, page) = question.cut(try await client.clients(question.query))
                return .clientPage(first: first, page)
            }
        case .topicPage(let question):
            answer({ .noPage($0) }) { client throws(ClientError) in
                let (first, page) = question.cut(try await client.topics(question.query))
                return .topicPage(first: first, page)
            }
        case .set(let plan):
            answer({ .notSet(plan, $0) }) { client throws(ClientError) in .set(plan, try await Self.set(plan, client)) }
        }
    }

    /// Asks for one answer, and tells a problem in place of it.
    private func answer(
        _ problem: @escaping @Sendable (String) -> ClientsEvent,
        _ body: @escaping @Sendable (ZaichikClient) async throws(ClientError) -> ClientsEvent
    ) {
        guard let client = connectedClient() else { return post(.clients(problem(ErrorText.notConnected))) }
        Task {
            do throws(ClientError) {
                self.post(.clients(try await body(client)))
            } catch {
                self.post(.clients(problem(Self.problem(error))))
            }
        }
    }

    private static func fact(
        _ part: DrawerFacts.Part, _ question: DrawerQuestion, _ client: ZaichikClient
    ) async throws(ClientError) -> DrawerFact {
        switch part {
        case .history: return .history(try await client.history(HistoryQuery(question.history)))
        case .messages:
            guard let queue = question.queue else { return .none(part, "") }
            return .messages(try await peek(queue, limit: DrawerFacts.mostMessages, client))
        case .shares:
            guard let queue = question.queue else { return .none(part, "") }
            return .shares(try await client.lagShares(of: queue, limit: DrawerFacts.mostShares))
        }
    }

    private static func peek(
        _ queue: QueueSubject, limit: UInt32, _ client: ZaichikClient
    ) async throws(ClientError) -> RowPage<PeekedMessage> {
        switch queue {
        case .client(let id): try await client.peek(client: id, limit: limit)
        case .session(let name): try await client.peek(session: name, limit: limit)
        }
    }

    private static func page(of subject: ListSubject, _ client: ZaichikClient) async throws(ClientError) -> ListPage {
        switch subject {
        case .messages(let queue, _): .messages(try await peek(queue, limit: .max, client))
        case .parked(let session): .parked(try await client.parked(in: session, limit: ListScreen.mostRows))
        case .closed: .closed(try await client.closedClients(limit: ListScreen.mostRows))
        case .keys(let topic, _): .messages(try await newest(RememberedKey.mostMessages, of: topic, client))
        }
    }

    /// The newest messages of a topic, in several pages.
    private static func newest(
        _ count: Int, of topic: String, _ client: ZaichikClient
    ) async throws(ClientError) -> RowPage<PeekedMessage> {
        var found = RowPage<PeekedMessage>(rows: [], matching: 0)
        var start = StartPosition.last(UInt64(count))
        while found.rows.count < count {
            let page = try await client.peek(topic: topic, from: start)
            found.rows += page.rows
            found.matching = found.rows.count
            guard let last = page.rows.last, page.matching > page.rows.count else { break }
            start = .sequence(last.message.sequence + 1)
        }
        return found
    }

    private static func text(_ origin: MessageOrigin) -> String {
        guard origin.connectionID > 0 else { return "by a client that is not known" }
        let name = origin.client + "#\(origin.connectionID)"
        return "by \(name)" + (origin.producer.isEmpty ? "" : ", as \(origin.producer)")
    }

    private static func set(_ plan: SettingsPlan, _ client: ZaichikClient) async throws(ClientError) -> TopicOutcome {
        switch plan {
        case .topic(let name, let change, _): try await client.createTopic(name, settings: change)
        case .session(let name, let change): try await client.createSession(name, settings: change)
        }
    }
}
