/// How far a person is in the guided tour.
struct Tour: Equatable {
    private(set) var place = 0
    private(set) var isDone = false
    private var memory = TourMemory()

    var step: TourStep { TourStep.all[place] }
    var isLast: Bool { place == TourStep.all.count - 1 }

    /// Judges whether an event has finished the step.
    mutating func take(_ event: Event, _ model: Model) {
        if !isDone, step.isDone(model, event, &memory) { isDone = true }
    }

    /// - Returns: false if that was the last step.
    mutating func goOn() -> Bool {
        guard !isLast else { return false }
        place += 1
        isDone = false
        memory = TourMemory()
        return true
    }

    /// The texts of the step for the rows above the status line.
    var spans: [Span] {
        let title = Span("tour \(place + 1) of \(TourStep.all.count), \(step.title): ", .key)
        guard isDone else { return [title, Span(step.task)] }
        let next = isLast ? "F2 ends the tour." : "F2 goes on."
        return [title, Span("✓ ", .good), Span("\(step.lesson) \(next)")]
    }
}

extension Model {
    /// Begins the tour, goes on to its next step, or ends it behind the last one.
    mutating func performTour(_ action: Action, now: Moment) -> [Effect] {
        switch action {
        case .tour:
            if tour == nil {
                tour = Tour()
            } else if tour?.goOn() == false {
                tour = nil
                say("that was the tour: ? lists the keys, : every command", seconds: 20, now)
            }
        case .endTour: tour = nil
        default: break
        }
        keepCursorsSeen()
        return []
    }
}
