import ZaichikProtocol
import ZaichikWords

extension Model {
    /// Shows the load generator or the slow clients; what is shown already is started or stopped.
    mutating func performLoad(_ action: Action, now: Moment) -> [Effect] {
        guard !isReadOnly else {
            say("\(readOnlyReason ?? ""): nothing is published", bad: true, now)
            return []
        }
        let screen: PublishForm.Screen = action == .loadGenerator ? .load : .slowClients
        if publish.screen == screen { return startOrStop(now) }
        showLoad(screen)
        return []
    }

    mutating func showLoad(_ screen: PublishForm.Screen) {
        publish.screen = screen
        publish.isEditing = false
        show(.publish)
    }

    /// Enter goes on to the next setting, and begins at the last.
    mutating func enterKnob(_ now: Moment) -> [Effect] {
        let isAtEnd = publish.screen == .load ? publish.load.form.isAtEnd : publish.slowClients.form.isAtEnd
        guard isAtEnd else {
            moveKnob(by: 1)
            return []
        }
        publish.isEditing = false
        return isLoadRunning ? [] : startOrStop(now)
    }

    mutating func moveKnob(by step: Int) {
        if publish.screen == .load {
            publish.load.form.move(by: step)
        } else {
            publish.slowClients.form.move(by: step)
        }
    }

    /// Whether what the Publish pane shows is running.
    var isLoadRunning: Bool {
        switch publish.screen {
        case .message: false
        case .load: publish.load.isRunning
        case .slowClients: publish.slowClients.isRunning
        }
    }

    mutating func startOrStop(_ now: Moment) -> [Effect] {
        switch publish.screen {
        case .message: return []
        case .load:
            if publish.load.isRunning { return [.link(.load(.stop))] }
            do throws(KnobProblem<LoadKnob>) {
                let plan = try LoadPlan.read(publish.load.form)
                guard broker.connection.isConnected else { return refuseLoad(now) }
                publish.load.isRunning = true
                publish.load.report = LoadReport()
                topicColors.assign(plan.topic.string)
                return [.link(.load(.start(plan)))]
            } catch {
                publish.load.form.choose(error.knob)
                return mend(error.text, now)
            }
        case .slowClients:
            if publish.slowClients.isRunning { return [.link(.load(.stopSlowClients))] }
            do throws(KnobProblem<SlowClientKnob>) {
                let plan = try SlowClientPlan.read(publish.slowClients.form)
                guard broker.connection.isConnected else { return refuseLoad(now) }
                publish.slowClients.isRunning = true
                publish.slowClients.report = SlowClientReport()
                return [.link(.load(.startSlowClients(plan)))]
            } catch {
                publish.slowClients.form.choose(error.knob)
                return mend(error.text, now)
            }
        }
    }

    private mutating func refuseLoad(_ now: Moment) -> [Effect] {
        say("not connected: start it again when connected", bad: true, now)
        return []
    }

    private mutating func mend(_ problem: String, _ now: Moment) -> [Effect] {
        publish.isEditing = true
        say(problem, bad: true, now)
        return []
    }

    mutating func loadTold(_ event: LoadEvent, _ now: Moment) {
        switch event {
        case .load(let report):
            publish.load.report = report
            guard report.isOver, publish.load.isRunning else { return }
            publish.load.isRunning = false
            say("load over: \(FigureText.count(report.confirmed, "message")) accepted", bad: report.problem != nil, now)
        case .slowClients(let report):
            publish.slowClients.report = report
            guard report.isOver, publish.slowClients.isRunning else { return }
            publish.slowClients.isRunning = false
            say("the slow clients are gone", now)
        }
    }
}

extension FigureText {
    fileprivate static func count(_ number: UInt64, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
