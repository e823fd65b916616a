import ZaichikProtocol

// Answers of several pages.
extension Answer? {
    func adding(_ page: RowPage<TopicStatistics>) -> Answer {
        guard case .topics(let before) = self else { return .topics(page) }
        return .topics(RowPage(rows: before.rows + page.rows, matching: page.matching))
    }

    func adding(_ page: RowPage<ClientStatistics>) -> Answer {
        guard case .clients(let before) = self else { return .clients(page) }
        return .clients(RowPage(rows: before.rows + page.rows, matching: page.matching))
    }

    func adding(_ detail: ClientDetail) -> Answer {
        guard case .client(let before) = self else { return .client(detail) }
        return .client(
            ClientDetail(
                client: before.client, subscriptions: before.subscriptions + detail.subscriptions,
                topics: before.topics + detail.topics, pause: detail.pause, evidence: before.evidence))
    }

    func adding(_ page: RowPage<SessionStatistics>) -> Answer {
        guard case .sessions(let before) = self else { return .sessions(page) }
        return .sessions(RowPage(rows: before.rows + page.rows, matching: page.matching))
    }

    func adding(_ page: RowPage<ParkedMessage>) -> Answer {
        guard case .parked(let before) = self else { return .parked(page) }
        return .parked(RowPage(rows: before.rows + page.rows, matching: page.matching))
    }

    func adding(_ page: RowPage<PeekedMessage>) -> Answer {
        guard case .peeked(let before) = self else { return .peeked(page) }
        return .peeked(RowPage(rows: before.rows + page.rows, matching: page.matching))
    }

    func adding(_ answer: ObservationAnswer) -> Answer {
        guard case .closed(let page) = answer, case .observed(.closed(let before)) = self else {
            return .observed(answer)
        }
        return .observed(.closed(RowPage(rows: before.rows + page.rows, matching: page.matching)))
    }

    func adding(_ detail: SessionDetail) -> Answer {
        guard case .session(let before) = self else { return .session(detail) }
        return .session(
            SessionDetail(
                session: before.session, subscriptions: before.subscriptions + detail.subscriptions,
                connections: before.connections + detail.connections, topics: before.topics + detail.topics,
                pause: detail.pause, evidence: before.evidence))
    }
}
