using System.Buffers;
using System.Text;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.Prompts;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>
/// Answers questions, many at a time, with a key-value cache. A constrained answer can only be what the task's format can parse, and is
/// brought to a proper end within the limit of tokens. Use it from one thread at a time.
/// </summary>
/// <param name="model">The model; the caller keeps it alive.</param>
/// <param name="plan">How answers are produced. Default: constrained and greedy.</param>
/// <param name="seed">The seed of what is drawn.</param>
public sealed class Predictor(LoadedModel model, GenerationPlan? plan = null, long seed = 1)
{
    private const int MostCandidates = 4096;

    private readonly ContinuationBuffer continuations = new();
    private readonly GenerationPlan plan = Mistakes.RefuseIn(plan ?? new GenerationPlan());

    /// <summary>Whether all scores are looked at on the host. Default: where they are computed there.</summary>
    internal bool? OnHost { get; init; }

    /// <summary>Whether all weights are known to be numbers.</summary>
    internal bool IsChecked { get; set; }

    /// <summary>What is known of grammars. Predictors of one model that answer in turn may share it.</summary>
    internal KnownGrammars Known { get; init; } = new(model.Tokenizer);

    /// <summary>Whether answers are written, token by token.</summary>
    internal bool Writes => model is { ByInput: null, Nearest: null } && !AnswersByHead;

    /// <summary>Whether an answer, a whole text, begins with a space that is not in it.</summary>
    private bool Spaced => model.Model is EncoderDecoder && model.Tokenizer.BeginsWithSpace;

    /// <summary>Answers all questions, in their order.</summary>
    /// <param name="requests">The questions.</param>
    /// <param name="progress">Receives how many answers are there.</param>
    /// <param name="labels">Whether each answer comes with all <see cref="Prediction.Labels"/>.</param>
    /// <param name="cancellation">Ends the work between two tokens.</param>
    /// <exception cref="ModelException">The model cannot answer in this way, or its weights or scores are no numbers.</exception>
    public IReadOnlyList<Prediction> Predict(
        IReadOnlyList<PredictionRequest> requests,
        IProgress<int>? progress = null,
        bool labels = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (model.ByInput is { } models)
            return new PredictorByInput(models, plan, seed).Predict(requests, progress, labels, cancellation);
        using var numbers = Numbers();
        if (model.Nearest is { } nearest)
            return new NearestAnswers(model, nearest, plan.Rows).Predict(requests, progress, cancellation);
        if (AnswersByHead)
            return new HeadAnswers(model).Predict(requests, plan.Rows, progress, cancellation);
        using var buffer = new PromptBuffer();
        var predictions = new Prediction[requests.Count];
        var done = 0;
        // Neighbours of one prompt and of like length: they share their beginning and need little padding.
        foreach (
            var rows in requests
                .Select((request, index) => (Index: index, Question: Read(request, buffer)))
                .OrderBy(r => r.Question.Request.Prompt.Name, StringComparer.Ordinal)
                .ThenBy(r => r.Question.Request.Language, StringComparer.Ordinal)
                .ThenBy(r => r.Question.Ids.Length)
                .Chunk(Math.Max(1, plan.Rows))
        )
        {
            foreach (var (row, prediction) in rows.Zip(Generate([.. rows.Select(r => r.Question)], labels, cancellation)))
                predictions[row.Index] = prediction;
            progress?.Report(done += rows.Length);
        }

        return predictions;
    }

    /// <summary>Begins to write the answers to some questions, which end elsewhere.</summary>
    /// <exception cref="ModelException">The model cannot answer in this way, or its weights or scores are no numbers.</exception>
    internal DecodingBatch Begin(IReadOnlyList<Asked> asked) =>
        DecodingBatch.Begin(Source, model.Model, [.. asked.Select(a => a.Run!)], OnHost);

    /// <summary>The numbers that this model answers in, on this thread until it is disposed of.</summary>
    /// <exception cref="ModelException">Weights are no numbers.</exception>
    internal IDisposable Numbers()
    {
        if (!IsChecked)
            foreach (var part in model.Parts)
                FiniteScores.CheckWeights(part.Model, part.Added);
        IsChecked = true;
        return new AnsweringNumbers(model);
    }

    /// <summary>Finds out whether a question can be answered in this way, and computes nothing.</summary>
    /// <exception cref="ModelException">It cannot.</exception>
    public void Check(PredictionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (AnswersByHead)
            return;
        using var buffer = new PromptBuffer();
        if (Read(request, buffer) is { Room: > 0 } question)
            _ = Start(question);
    }

    /// <summary>The tokens of an answer, with the one that ends it, where no answer may have so many; null where it may.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="output">The answer, of the task's output type.</param>
    public int? TooManyTokens(PredictionRequest request, object output)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (AnswersByHead)
            return null;
        var utf8 = new ArrayBufferWriter<byte>();
        request.Prompt.Task.WriteOutput(utf8, request.Input, output, request.Language);
        var tokens = Tokens(utf8.WrittenSpan).Length + 1;
        if (tokens <= plan.MaxNewTokens)
            return null;
        using var buffer = new PromptBuffer();
        return Read(request, buffer) is { Room: > 0 } question && tokens > Start(question).Limit ? tokens : null;
    }

    /// <summary>A question, and what writes its answer where it can be put.</summary>
    internal Asked Ask(PredictionRequest request)
    {
        using var buffer = new PromptBuffer();
        return Ask(Read(request, buffer));
    }

    /// <summary>What came of a question, when its run is done.</summary>
    internal Prediction Answer(Asked asked) =>
        (
            asked.Run is { } run
                ? Parse(asked.Question, run.Completions[0].Completion)
                : Prediction.Overlong(asked.Question.Ids.Length, MostPositions)
        ) with
        {
            LeftOut = asked.Question.Request.LeftOut,
        };

    private LogitSource Source => plan.Decoding?.Source(model) ?? new ModelLogits(model);

    private Asked Ask(Question question)
    {
        var run = question.Room < 1 ? null : Start(question);
        // Even the shortest answer may stand where the model has no positions.
        return new Asked(question, run?.Limit > question.Room ? null : run);
    }

    private int MostPositions => model.Parts.Min(part => part.Model.Config.MaxPositions);

    private bool AnswersByHead =>
        (model.Model.Head is not LmHead || model.Nearest is not null)
        && (
            plan.Decoding is null
                ? true
                : throw new ModelException(
                    $"decoding '{Words.WordOf(plan.Decoding.GetType())}': a {model.Model.Config.ModelType} answers by its head "
                        + "and writes no tokens; leave decoding out."
                )
        );

    private Question Read(PredictionRequest request, PromptBuffer buffer)
    {
        var question = Encoded(request, buffer);
        while (request.Fit && question.Request.Demonstrations.Count > 0 && question.Room < Longest(request))
            question = Encoded(question.Request.Shorter(), buffer);
        return question;
    }

    /// <summary>The tokens of the longest answer that is permitted, with the one that ends it.</summary>
    private int Longest(PredictionRequest request)
    {
        if (!plan.Constrained)
            return plan.MaxNewTokens;
        var longest = Known.Longest.GetValue(request.Prompt.Task.OutputGrammar(request.Input, request.Language), grammar =>
            new(new GrammarMatcher(grammar).Texts(MostCandidates)?.Max(text => Tokens(text).Length + 1) ?? int.MaxValue)
        );
        return Math.Min(plan.MaxNewTokens, longest.Value);
    }

    private Question Encoded(PredictionRequest request, PromptBuffer buffer)
    {
        var prompt = request.Prompt;
        var chat = model.LayoutOf(prompt);
        buffer.Clear();
        prompt.Render(buffer, request.Input, output: null, request.Language, request.Phrasing, [.. request.Demonstrations], chat);
        int[] ids = [.. model.Tokenizer.Encode(buffer).Ids, .. model.Model is EncoderDecoder ? model.Tokenizer.Suffix : []];
        buffer.Clear();
        chat.EndAnswer(buffer);
        var ending = model.Tokenizer.Encode(buffer);
        var end = ending.Ids.Zip(ending.CompletionMask).Where(t => t.Second).Select(t => t.First).Append(model.Tokenizer.EndOfText).First();
        var most = MostPositions;
        var room =
            ids.Length > most ? 0
            : model.Model is EncoderDecoder ? most
            : most - ids.Length;
        return new Question(request, ids, end, room);
    }

    private DecodingRun Start(Question question)
    {
        var decoding = Decoding(question);
        return plan.Decoding?.Start(decoding) ?? TokenByTokenRun.Greedy(decoding);
    }

    private DecodingRequest Decoding(Question question)
    {
        var (request, ids, end, room) = question;
        var task = request.Prompt.Task;
        var grammar = new Lazy<Grammar>(() => task.OutputGrammar(request.Input, request.Language));
        TokenConstraint? constraint = null;
        var limit = Math.Min(Math.Max(1, plan.MaxNewTokens), room);
        if (plan.Constrained)
        {
            constraint = Known.Constraints.GetValue(grammar.Value, g => new TokenConstraint(
                Known.Trie.Value,
                Spaced ? Grammar.Sequence(Grammar.Literal(" "), g) : g
            ));
            if (constraint.Distance(constraint.Start) == int.MaxValue)
                throw new InvalidOperationException($"The output grammar of task '{task.Name}' accepts no text for this input.");
            limit = Math.Max(limit, constraint.Distance(constraint.Start) + 1);
        }

        return new DecodingRequest(
            continuations,
            () => [.. Known.Candidates.GetValue(grammar.Value, g => Candidates(task.Name, g)).Select(tokens => (int[])[.. tokens, end])],
            seed
        )
        {
            TaskName = task.Name,
            Prompt = ids,
            Nothing = Nothing(),
            End = end,
            EndOfText = model.Tokenizer.EndOfText,
            Limit = limit,
            Sample = request.Sample,
            Constraint = constraint,
        };
    }

    /// <summary>A text without content, as the model reads it.</summary>
    private int[] Nothing()
    {
        int[] frame = [.. model.Model is EncoderDecoder ? model.Tokenizer.Suffix : model.Tokenizer.Prefix];
        return frame.Length > 0 ? frame
            : model.Model is EncoderDecoder ? [model.Tokenizer.EndOfText]
            : [model.Tokenizer.BeginningOfText ?? model.Tokenizer.EndOfText];
    }

    /// <summary>The tokens of all texts of a grammar, as an answer is cut into tokens where a model learns from it.</summary>
    private int[][] Candidates(string task, Grammar grammar)
    {
        var texts = new GrammarMatcher(grammar).Texts(MostCandidates)
            ?? throw new ModelException(
                $"task '{task}': its format has more than {MostCandidates:N0} answers, too many to score each; "
                    + "by_likelihood is for labels and the like, beam searches among many."
            );
        return [.. texts.Select(text => Tokens(text))];
    }

    private int[] Tokens(ReadOnlySpan<byte> answer)
    {
        if (model.Model is EncoderDecoder)
        {
            var ids = new List<int>();
            model.Tokenizer.Encode(answer, special: false, ids);
            return [.. ids];
        }

        using var buffer = new PromptBuffer();
        buffer.Begin(SegmentKind.Answer);
        buffer.Append(answer);
        var tokens = model.Tokenizer.Encode(buffer);
        return [.. tokens.Ids.Zip(tokens.CompletionMask).Where(t => t.Second).Select(t => t.First)];
    }

    private Prediction[] Generate(Question[] questions, bool labels, CancellationToken cancellation)
    {
        Asked[] all = [.. questions.Select(Ask)];
        DecodingRun[] runs = [.. all.Select(asked => asked.Run).OfType<DecodingRun>()];
        if (runs.Length > 0)
            DecodingBatch.Run(Source, model.Model, runs, cancellation, OnHost);
        var every = labels ? Labels(all, cancellation) : [];
        return [.. all.Select((asked, i) => Answer(asked) with { Labels = every.GetValueOrDefault(i) })];
    }

    /// <summary>The labels of those questions whose answer is one.</summary>
    private Dictionary<int, IReadOnlyDictionary<string, double>> Labels(Asked[] all, CancellationToken cancellation)
    {
        var every = all.Index()
            .Where(a => a.Item is { Run: not null, Question.Request.Prompt.Task.Format.NamesOne: true })
            .Select(a => (a.Index, a.Item.Question, Run: new EveryAnswerRun(Decoding(a.Item.Question))))
            .ToArray();
        if (every.Length > 0)
            DecodingBatch.Run(new ModelLogits(model), model.Model, [.. every.Select(e => e.Run)], cancellation, OnHost);
        return every.ToDictionary(
            e => e.Index,
            IReadOnlyDictionary<string, double> (e) =>
                e
                    .Run.Completions.Select(answer => Parse(e.Question, answer.Completion))
                    .Where(answer => answer.Output is not null)
                    .ToDictionary(
                        answer => e.Question.Request.Prompt.Task.Items(answer.Output!)[0].Value,
                        answer => answer.Confidence!.Value
                    )
        );
    }

    private Prediction Parse(Question question, Completion answer)
    {
        ReadOnlySpan<byte> utf8 = model.Tokenizer.DecodeUtf8(answer.Tokens);
        if (Spaced && utf8.StartsWith(" "u8))
            utf8 = utf8[1..];
        var request = question.Request;
        var parsed = request.Prompt.Task.TryParseOutput(utf8, request.Input, request.Language, out var output, out var error);
        return new Prediction(
            Encoding.UTF8.GetString(utf8),
            parsed ? output : null,
            parsed ? null : error,
            question.Ids.Length,
            answer.Length + (answer.IsClosed ? 1 : 0),
            answer.IsClosed
        )
        {
            Confidence = Math.Exp(answer.LogProbability),
            LogProbability = answer.LogProbability,
        };
    }

    /// <summary>A request in tokens, the token that ends its answer, and how many the model has positions for behind it.</summary>
    internal sealed record Question(PredictionRequest Request, int[] Ids, int End, int Room);

    /// <summary>A question and what writes its answer; null = it is too long to be put.</summary>
    internal sealed record Asked(Question Question, DecodingRun? Run);
}
