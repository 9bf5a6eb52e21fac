using TaskDsl.App.Drafting.Looking;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Drafting;

/// <summary>A task, guessed from a file, with what a person should decide.</summary>
internal sealed class Draft
{
    // Fewer of another script are names and quotations.
    private const double Seldom = 0.05;

    private Draft(string name, Records records, Profile profile, Guess guess) =>
        (Name, Records, Profile, Guess) = (name, records, profile, guess);

    /// <summary>The name of the task, its prompt and its recipe.</summary>
    public string Name { get; }

    /// <summary>The records.</summary>
    public Records Records { get; }

    /// <summary>What was seen of them.</summary>
    public Profile Profile { get; }

    /// <summary>What their columns are taken for.</summary>
    public Guess Guess { get; }

    /// <summary>The files, each with the source that reads it.</summary>
    public required IReadOnlyList<DraftSource> Sources { get; init; }

    /// <summary>The file that names the official test records; null where there is none.</summary>
    public TestKeys? TestKeys { get; private init; }

    /// <summary>The fields of the input.</summary>
    public required IReadOnlyList<DraftField> Inputs { get; init; }

    /// <summary>The field of the output.</summary>
    public required DraftField Output { get; init; }

    /// <summary>What a person should see or decide, in the order of its place.</summary>
    public IReadOnlyList<Remark> Remarks { get; private set; } = [];

    /// <summary>Parts of the set that lack the answer or an input.</summary>
    public IReadOnlyList<GivenFile> LeftOut { get; private init; } = [];

    /// <summary>The scripts of its texts that are not rare, the most frequent first, each with its share.</summary>
    public IReadOnlyList<(Script Script, double Share)> Scripts { get; private init; } = [];

    /// <summary>The language, by the script that most texts are written in.</summary>
    public string Language => Scripts is [var (script, _), ..] ? ScriptCount.Language(script) : "en";

    /// <summary>Whether its texts are in one language, as far as letters tell, and in this one.</summary>
    public bool IsIn(string language) => Language == language && Scripts.All(found => ScriptCount.Language(found.Script) == language);

    /// <summary>The words of the models that the project's packages bring.</summary>
    public IReadOnlySet<string> Models { get; private init; } = new HashSet<string>();

    /// <summary>Whether the files are the official parts of a set, training among them.</summary>
    public bool HasParts => Sources.Any(source => source.File.Part == SplitName.Train) && Sources.Count > 1;

    /// <summary>The files, for messages.</summary>
    public string Title => string.Join(", ", Sources.Select(source => source.File.Path));

    /// <summary>Makes a draft: the records are read twice, once for the columns and once for what they hold together.</summary>
    /// <param name="files">The files.</param>
    /// <param name="project">The project's folder.</param>
    /// <param name="name">What the task is to be called.</param>
    /// <param name="answer">The column of the answers. Default: the likeliest.</param>
    /// <param name="models">The words of the models that the project's packages bring.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UserException">Nothing can be drafted from the file; the message says why, and what to do.</exception>
    public static Task<Draft> OfAsync(
        IReadOnlyList<GivenFile> files,
        string project,
        string name,
        string? answer,
        IReadOnlySet<string> models,
        CancellationToken cancellationToken
    ) => OfAsync(files, [], project, name, answer, models, cancellationToken);

    private static async Task<Draft> OfAsync(
        IReadOnlyList<GivenFile> files,
        IReadOnlyList<GivenFile> leftOut,
        string project,
        string name,
        string? answer,
        IReadOnlySet<string> models,
        CancellationToken cancellationToken
    )
    {
        var sources = new List<DraftSource>();
        foreach (var file in files)
            sources.Add(new(file, await FileFormat.OfAsync(file.File, file.Path, cancellationToken).ConfigureAwait(false)));
        var records = new Records(sources);
        var title = string.Join(", ", files.Select(file => file.Path));
        var keys = sources is [var only] ? TestKeys.Beside(only, project) : null;
        var profile = await Profile.OfAsync(records, title, keys, cancellationToken).ConfigureAwait(false);
        var guess = Guess.Of(profile, records.Shape is not null, answer is null ? null : Chosen(profile, answer, title));
        // A part whose answers are kept back, as competitions do, is none to learn from or to measure with.
        var answered = sources.Where(source => guess.Inputs.Append(guess.Answer).All(c => profile.Has(source.File, c.Name))).ToList();
        if (answered.Count > 0 && answered.Count < sources.Count)
        {
            IReadOnlyList<GivenFile> unlike = [.. leftOut, .. sources.Except(answered).Select(source => source.File)];
            return await OfAsync([.. answered.Select(source => source.File)], unlike, project, name, answer, models, cancellationToken)
                .ConfigureAwait(false);
        }

        var draft = Fields(name, sources, records, profile, guess, keys is { IsWhole: true } ? keys : null, leftOut, models);
        var observations = Observation.All();
        var inputs = new SeenInputs();
        await foreach (var row in records.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var seen = draft.See(row, inputs);
            foreach (var observation in observations)
                observation.See(seen);
        }

        draft.Remarks = [.. observations.SelectMany(observation => observation.Tell(draft)).OrderBy(remark => remark.Place)];
        return draft;
    }

    private static Column Chosen(Profile profile, string answer, string title) =>
        profile.Columns.FirstOrDefault(column => column.Name == answer) is not { } column
            ? throw new UserException(
                $"{title}: there is no column '{answer}'{NearestWord.Choice(answer, profile.Columns.Select(c => c.Name))}"
            )
        : column.Present == 0 ? throw new UserException($"{title}: column '{answer}' holds nothing.")
        : column;

    private static Draft Fields(
        string name,
        List<DraftSource> sources,
        Records records,
        Profile profile,
        Guess guess,
        TestKeys? keys,
        IReadOnlyList<GivenFile> leftOut,
        IReadOnlySet<string> models
    )
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var output = Naming.Field(records.Shape is null ? guess.Answer.Name : "answer", taken);
        var mostPresent = guess.Inputs.Count == 0 ? 0 : guess.Inputs.Max(column => column.Present);
        var inputs = guess
            .Inputs.Select(column =>
                DraftField.Of(
                    Naming.Input(
                        records.Shape is not null && column.Name is "user" or "prompt" or "input" ? "question" : column.Name,
                        taken
                    ),
                    column,
                    column.Present < Math.Min(profile.Rows, mostPresent)
                )!
            )
            .ToList();
        var isTable = sources[0].Source is Csv or Tsv;
        var scripts = (inputs.Count > 0 ? inputs : [Answered(output, guess.Answer, inputs, isTable)])
            .SelectMany(field => field.Column.Leaves)
            .SelectMany(leaf => leaf.Scripts.Found)
            .GroupBy(found => found.Script, found => found.Texts)
            .Select(found => (Script: found.Key, Texts: found.Sum()))
            .OrderByDescending(found => found.Texts)
            .ToList();
        var all = scripts.Sum(script => script.Texts);
        return new Draft(name, records, profile, guess)
        {
            Sources = sources,
            TestKeys = keys,
            LeftOut = leftOut,
            Models = models,
            Inputs = inputs,
            Output = Answered(output, guess.Answer, inputs, isTable),
            Scripts = [.. scripts.Select(s => (s.Script, Share: (double)s.Texts / all)).Where(s => s.Share >= Seldom)],
        };
    }

    private static DraftField Answered(string name, Column column, List<DraftField> inputs, bool isTable)
    {
        DraftField Of(string type, Column labelled) =>
            new(name, type, column) { Labels = DraftLabel.Of(labelled.Values.Known ?? [], type) };
        if (ColumnRole.IsEntities(column) && inputs.Find(field => field.Type is "text" or "string") is { } text)
            return Of("entities", column.Items!.Members.First(member => member.Name == "kind")) with { CopiedFrom = text.Name };
        if (ColumnRole.IsCategories(column))
            return Of("labels", column.Items!);
        if (ColumnRole.IsCategory(column) || ColumnRole.IsNumberedCategory(column) || IsLogical(column))
            return Of("label", column);
        if (isTable && column.Numeric == column.Present)
            return new DraftField(name, column.Whole == column.Present ? "int" : "float", column);
        return DraftField.Of(name, column, isOptional: false)
            ?? throw new UserException(
                $"column '{column.Name}' would be the answer, and no type of field holds its values: they are of several kinds, empty, or "
                    + "objects with names that no field can have. Say another one with --answer, or write the values anew."
            );
    }

    private static bool IsLogical(Column column) => column.Bools == column.Present || column.Logical == column.Present;

    private Seen See(Row row, SeenInputs inputs)
    {
        var texts = Inputs.Select(field => (field.IsOptional, Text: row.Text(field.Column.Name))).ToList();
        var input = texts.Exists(t => t.Text is null && !t.IsOptional) ? null : string.Join('\n', texts.Select(t => t.Text));
        var answer = row.Text(Output.Column.Name);
        // Without an input all would be equal.
        if (input is null || answer is null || Inputs.Count == 0)
            return new Seen(row, this, input, answer, null, 1);
        var (earlier, weight) = inputs.Add(input, new Earlier(Values.Hash(answer), row.Origin.Line, row.Part));
        return new Seen(row, this, input, answer, earlier, weight);
    }
}
