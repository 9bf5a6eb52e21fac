using System.ComponentModel.DataAnnotations;
using System.Globalization;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Measures models by their answers to the tasks' test parts, trained on or not: a column for each model, and one for each model and item
/// of what is listed to be crossed: <c>prompts</c>, <c>phrasings</c>, <c>shots</c>, <c>decoding</c>. Beside them stand <c>majority</c>, the
/// most frequent answer of the training part, and <c>random</c>, what chance gives, where a task has few answers to choose from.
/// </summary>
[Keyword("evaluate")]
[Makes("table", Columns = nameof(Models), Besides = new[] { Baselines.Majority, Baselines.Random }, Numbers = nameof(Costs))]
[AnyOf("it measures nothing; name tasks, or prompts", nameof(Tasks), nameof(Prompts))]
public sealed record EvaluateStep : Step, IValidatableObject
{
    /// <summary>What stands for every phrasing.</summary>
    internal const string All = "all";

    /// <summary>
    /// The models: steps' or folders; or ready answers, as a model's. A column is called as its step, or as the folder's last part.
    /// </summary>
    [StepResult("model", Or = "answers"), FilePath, Length(1, 1000)]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The tasks, each by its only prompt or by the one that is named. Default: those of <c>prompts</c>.</summary>
    [Length(0, 1000)]
    public IReadOnlyList<PromptedTask> Tasks { get; init; } = [];

    /// <summary>
    /// What is asked in the place of the test part, all of one task: examples that steps have made, and <c>gold</c>, the task's own
    /// training part. Default: the test parts.
    /// </summary>
    [StepResult("examples", Also = NamedExamples.Gold), Length(0, 1000)]
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Prompts to compare, in the place of <c>tasks</c>: each puts its task, and has columns of its own.</summary>
    [Coordinate("prompt"), Distinct, Length(0, 100)]
    public IReadOnlyList<Prompt> Prompts { get; init; } = [];

    /// <summary>
    /// Phrasings to compare by their numbers, from 1, or <c>[all]</c>; each has columns of its own. Default: the first phrasing alone.
    /// </summary>
    [Coordinate("phrasing"), Distinct, RegularExpression("all|[1-9][0-9]{0,2}"), Length(0, 100)]
    public IReadOnlyList<string> Phrasings { get; init; } = [];

    /// <summary>
    /// Numbers of demonstrations to compare, in the place of the prompts' own; each has columns of its own. Default: the prompts' own.
    /// </summary>
    [Coordinate("shots"), Distinct, Range(0, 64), Length(0, 65)]
    public IReadOnlyList<int> Shots { get; init; } = [];

    /// <summary>
    /// Where the worked examples come from that the prompts show, all of one task. Default: the tasks' own training parts.
    /// </summary>
    public StepDemonstrations? Demonstrations { get; init; }

    /// <summary>Ways to decode to compare, in the place of the one in <c>generation</c>; each has columns of its own.</summary>
    [Coordinate("decoding"), Length(0, 100)]
    public IReadOnlyList<DecodingMethod> Decoding { get; init; } = [];

    /// <summary>How many answers each question gets, each drawn by its number, which a vote makes one of.</summary>
    [Range(1, 1000)]
    public int Answers { get; init; } = 1;

    /// <summary>Makes one answer of several; where none wins, it is one that does not parse.</summary>
    public Vote? Vote { get; init; }

    /// <summary>The languages that are measured. Default: all that the tasks have.</summary>
    [OfTasks, Distinct, Length(0, 100)]
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Named groups of the tasks, whose means are rows of their own: <c>law: [clause_type, duty]</c>.</summary>
    [OfTasks]
    public IReadOnlyDictionary<string, IReadOnlyList<DslTask>> Board { get; init; } = new Dictionary<string, IReadOnlyList<DslTask>>();

    /// <summary>What is measured besides, as rows of their own. Default: nothing; time and memory differ from run to run.</summary>
    [Distinct]
    public IReadOnlyList<Cost> Costs { get; init; } = [];

    /// <summary>Measures at most so many test examples per task and language, drawn the same for every model. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <summary>All prompts that are asked.</summary>
    internal IReadOnlyList<Prompt> Asked => [.. Tasks.Select(task => task.Prompt), .. Prompts];

    // 2: a column for majority and random, and what follows from the columns.
    /// <inheritdoc/>
    public override int Revision => 2;

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        string[] besides = [Baselines.Majority, Baselines.Random];
        if (
            Models.Select(StepTable.ColumnOf).Concat(besides).CountBy(c => c).FirstOrDefault(column => column.Value > 1) is
            { Key: { } twice }
        )
            throw new RunException($"evaluate: two columns would be called '{twice}'; give one of what it measures another name.");
        foreach (var prompt in Asked)
        {
            shape.AddPrompt(prompt);
            shape.AddMetrics(prompt.Task);
        }

        foreach (var model in Models)
            shape.AddModel(model);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var cells = Cells();
        var data = new Dictionary<DslTask, Dataset>();
        try
        {
            foreach (var task in Asked.Select(prompt => prompt.Task).Distinct())
                data.Add(task, step.Data(task));
            using var pool = Demonstrations is null
                ? null
                : new DemonstrationPool(step, Asked[0].Task, Demonstrations, data[Asked[0].Task][SplitName.Train]);
            if (pool is not null)
                cells = [.. cells.Select(cell => cell with { QuestionPlan = cell.QuestionPlan with { Showing = pool.Of } })];
            if (Examples.Count > 0 && step.Read(Asked[0].Task, Examples).ToArray() is var examples)
                cells = [.. cells.Select(cell => cell with { QuestionPlan = cell.QuestionPlan with { Examples = examples } })];
            var columns = Models
                .SelectMany(named =>
                    GivenAnswers.Of(step, named) is { } answers
                        ? [Measure(step, named, answers, cells[0], data)]
                        : Measure(step, named, cells, data)
                )
                .ToDictionary(c => $"{c.Column}", c => c.Reports);
            var answered = cells.SelectMany(cell => cell.Prompts).DistinctBy(prompt => prompt.Task);
            foreach (
                var (name, reports) in Baselines.Of([.. answered.Select(p => (p, data[p.Task]))], cells[0].Plan, cells[0].QuestionPlan)
            )
                columns.Add(name, reports);
            step.Write(
                new StepTable(columns.ToDictionary(c => c.Key, c => new EvaluationReport(c.Value)))
                {
                    Board = Board.ToDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Value.Select(t => t.Name)]),
                }
            );
        }
        finally
        {
            foreach (var examples in data.Values)
                examples.Dispose();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Tasks.Count == 0) == (Prompts.Count == 0))
            yield return new ValidationResult("name tasks, or prompts whose tasks are measured; one of the two.", ["tasks"]);
        else if (Languages.FirstOrDefault(l => !Asked.Any(p => p.Task.Languages.Contains(l))) is { } stray)
            yield return new ValidationResult(
                $"no task is given in '{stray}'{NearestWord.Choice(stray, Asked.SelectMany(p => p.Task.Languages).Distinct())}",
                ["languages"]
            );
        else if (Board.SelectMany(g => g.Value).FirstOrDefault(t => !Asked.Any(p => p.Task.Name == t.Name)) is { } other)
            yield return new ValidationResult($"the task '{other.Name}' is not measured here.", ["board"]);
        else if (Demonstrations is not null && Asked.DistinctBy(p => p.Task.Name).Skip(1).FirstOrDefault() is { } second)
            yield return new ValidationResult(
                $"they are examples of one task, and '{Asked[0].Task.Name}' and '{second.Task.Name}' are measured; make a step of each.",
                ["demonstrations"]
            );
        else if (Examples.Count > 0 && Asked.DistinctBy(p => p.Task.Name).Skip(1).FirstOrDefault() is { } more)
            yield return new ValidationResult(
                $"they are examples of one task, and '{Asked[0].Task.Name}' and '{more.Task.Name}' are measured; make a step of each.",
                ["examples"]
            );
        else if (Answers > 1 && (Vote is null || (Decoding.Count == 0 && Generation.Decoding?.Draws != true)))
            yield return new ValidationResult(
                Vote is null
                    ? "several have to become one: add vote: {}."
                    : "nothing is drawn, so that all would be the same; add generation: {decoding: sample}.",
                ["answers"]
            );
        else if (Vote is not null && Answers == 1)
            yield return new ValidationResult("one answer has nothing to vote on; say how many there are, as answers: 5.", ["vote"]);
        else if (Vote is not null && Asked.Select(p => Vote.Fault(p.Task)).FirstOrDefault(fault => fault is not null) is { } unlisted)
            yield return new ValidationResult(unlisted, ["vote"]);
        else if (
            Demonstrations is not null
            && Shots.All(count => count == 0)
            && Asked.Select(StepDemonstrations.Fault).FirstOrDefault(fault => fault is not null) is { } unshown
        )
            yield return new ValidationResult(unshown, ["demonstrations"]);
        else if (Board.Values.Any(group => group.Count == 0))
            yield return new ValidationResult("a group needs a task.", ["board"]);
        else if (Phrasings.Contains(All) && Phrasings.Count > 1)
            yield return new ValidationResult("'all' stands alone.", ["phrasings"]);
        else if (
            !Phrasings.Contains(All)
            && Phrasings.FirstOrDefault(p => int.Parse(p, CultureInfo.InvariantCulture) > MostPhrasings) is { } none
        )
            yield return new ValidationResult($"no prompt has a phrasing {none}; the most that one has is {MostPhrasings}.", ["phrasings"]);
    }

    /// <summary>The most phrasings that a prompt has in a language that is asked.</summary>
    private int MostPhrasings =>
        Asked
            .SelectMany(p => p.Task.Languages.Where(l => Languages.Count == 0 || Languages.Contains(l)).Select(p.Phrasings))
            .DefaultIfEmpty()
            .Max();

    /// <summary>The ways in which each model is asked: what is listed, crossed.</summary>
    private IReadOnlyList<EvaluationCell> Cells()
    {
        var numbers = Phrasings.Contains(All)
            ? Enumerable.Range(1, MostPhrasings)
            : Phrasings.Select(p => int.Parse(p, CultureInfo.InvariantCulture));
        IReadOnlyList<EvaluationCell> cells =
        [
            new EvaluationCell
            {
                Prompts = Asked,
                Plan = new EvaluationPlan
                {
                    Decoding = Generation.Decoding,
                    Rows = Generation.Rows,
                    MaxNewTokens = Generation.MaxNewTokens,
                    Constrained = Generation.Constrained,
                    Limit = Limit,
                },
                QuestionPlan = new QuestionPlan
                {
                    Languages = Languages.Count == 0 ? null : Languages,
                    Answers = Answers,
                    Voting = Vote is null
                        ? null
                        : (asked, own) => Vote.Of(asked.Prompt.Task, asked.Input, asked.Language, [.. own.Select(GivenAnswer.Of)]),
                },
            },
        ];
        cells = EvaluationCell.Cross(cells, "prompt", Prompts, p => p.Name, (c, prompt) => c with { Prompts = [prompt] });
        cells = EvaluationCell.Cross(cells, "phrasing", [.. numbers], Text, (c, i) => Put(c, asking => asking with { Phrasing = i - 1 }));
        cells = EvaluationCell.Cross(cells, "shots", Shots, Text, (c, n) => Put(c, asking => asking with { Shots = n }));
        return EvaluationCell.Cross(cells, "decoding", Decoding, Word, (c, d) => c with { Plan = c.Plan with { Decoding = d } });

        static EvaluationCell Put(EvaluationCell cell, Func<QuestionPlan, QuestionPlan> how) =>
            cell with
            {
                QuestionPlan = how(cell.QuestionPlan),
            };

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        static string Word(DecodingMethod decoding) => Words.WordOf(decoding.GetType());
    }

    /// <summary>The column of ready answers: they are what they are, however models are asked.</summary>
    private (TableColumn Column, List<TaskReport> Reports) Measure(
        StepContext step,
        string named,
        GivenAnswers answers,
        EvaluationCell cell,
        Dictionary<DslTask, Dataset> data
    )
    {
        var prompt = Asked.FirstOrDefault(prompt => prompt.Task.Name == answers.Task.Name)
            ?? throw new RunException($"'{named}' are answers of the task '{answers.Task.Name}', which is not measured here.");
        var reports = answers.Measure(prompt, data[prompt.Task], cell.Plan, cell.QuestionPlan);
        if (reports.Sum(report => report.Outcomes.GetValueOrDefault(Evaluator.NoAnswer)) is > 0 and var none)
            step.Count($"questions without an answer of {named}", none);
        return (TableColumn.Of(StepTable.ColumnOf(named)), [.. reports]);
    }

    /// <summary>A model's columns. It is opened once; a run may have several (<c>one_model_per</c>).</summary>
    private List<(TableColumn Column, List<TaskReport> Reports)> Measure(
        StepContext step,
        string named,
        IReadOnlyList<EvaluationCell> cells,
        Dictionary<DslTask, Dataset> data
    )
    {
        var name = TableColumn.Of(StepTable.ColumnOf(named));
        var columns = cells
            .Select(cell =>
                (Column: name with { Coordinates = [.. name.Coordinates, .. cell.Coordinates] }, Reports: new List<TaskReport>())
            )
            .ToList();
        foreach (var group in Asked.GroupBy(prompt => step.Model(named, prompt)))
        {
            if (Costs.Contains(Cost.Memory) && !MachineMemory.ForgetMost())
                step.Tell("memory is the most since this process began: the system does not begin anew.");
            using var model = step.Open(named, group.First(), Device);
            foreach (var (cell, (column, reports)) in cells.Zip(columns))
            {
                var asked = cell.Prompts.Where(group.Contains).Select(prompt => (prompt, data[prompt.Task])).ToList();
                foreach (var notice in cell == cells[0] ? Evaluator.Notices(model, asked, cell.Plan, asking: cell.QuestionPlan) : [])
                    step.Tell(notice);
                var answered = new AnswersProgress(step.Progress, RunPhase.Answering, part: $"{column}");
                var report = Evaluator.Evaluate(
                    model,
                    asked,
                    cell.Plan,
                    Seed,
                    answered,
                    asking: cell.QuestionPlan,
                    cancellationToken: step.CancellationToken
                );
                step.Count("answers", report.Tasks.Sum(t => t.Examples));
                if (report.Tasks.Sum(t => t.Outcomes.GetValueOrDefault(Evaluator.NoModel)) is > 0 and var without)
                    step.Count("questions that no model is for", without);
                if (report.Tasks.Sum(t => t.DemonstrationsLeftOut) is > 0 and var leftOut)
                    step.Count("demonstrations left out", leftOut);
                if (report.Tasks.Sum(t => t.Bare) is > 0 and var bare)
                    step.Count("questions with room for no demonstration", bare);
                reports.AddRange(report.Tasks.Select(t => t.With(Costs, model)));
            }
        }

        return columns;
    }
}
