using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using TaskDsl.Prompts;

namespace TaskDsl.Clients.Asking;

/// <summary>
/// Asks a client: many questions at a time, each once, within the budget. Answers come in the order of their questions and do not depend on
/// how many are asked at a time. Use it from one thread at a time.
/// </summary>
public sealed class ClientRun : IDisposable
{
    private const int BytesOfToken = 3;

    private readonly Client client;
    private readonly ClientOptions options;
    private readonly AnswerCache cache;
    private readonly IChatClient chat;
    private readonly Spending spending;
    private readonly HashSet<string> counted = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    internal ClientRun(Client client, ClientOptions options)
    {
        (this.client, spending) = (client, new Spending(client.Budget));
        // They come from all threads that ask.
        this.options = options with
        {
            Tell = notice =>
            {
                lock (gate)
                    options.Tell(notice);
            },
        };
        cache = new AnswerCache(client, options.Cache);
        chat = client.Open(this.options);
    }

    /// <summary>A hash of all of the client that shapes its answers.</summary>
    public string Fingerprint => cache.Fingerprint;

    /// <summary>What the answers have cost, those from the cache among them.</summary>
    public TokenUsage Spent => spending.Spent;

    /// <summary>The money of that; null where the budget names no prices.</summary>
    public double? Money => client.Budget?.Money?.Of(Spent);

    /// <summary>How many questions were sent.</summary>
    public int Asked { get; private set; }

    /// <summary>How many were answered from the cache.</summary>
    public int Known { get; private set; }

    /// <summary>Of how many answers the cost is an estimate.</summary>
    public int Estimated { get; private set; }

    /// <summary>Asks all questions.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="progress">Receives how many are answered.</param>
    /// <param name="cancellation">Gives the asking up; what is answered is kept.</param>
    /// <exception cref="ClientException">One cannot be answered, or the budget ends; what is answered is kept.</exception>
    public async Task<IReadOnlyList<ChatAnswer>> AskAsync(
        IReadOnlyList<ChatQuestion> questions,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(questions);
        var keys = questions.Select(cache.KeyOf).ToArray();
        var answers = new Dictionary<string, Task<ChatAnswer>>(StringComparer.Ordinal);
        var open = new List<Task<ChatAnswer>>();
        string? ended = null;
        var done = 0;
        for (var i = 0; i < keys.Length && ended is null; i++)
        {
            var (key, question) = (keys[i], questions[i]);
            if (answers.ContainsKey(key))
                continue;
            if (Find(key) is { } known)
                answers.Add(key, Told(known));
            else if ((ended = await AdmitAsync(question, open, cancellation).ConfigureAwait(false)) is null)
                open.Add(answers[key] = AskOneAsync(key, question, () => progress?.Report(++done), cancellation));
        }

        // What is paid for is waited for.
        await ((Task)Task.WhenAll(answers.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        var failed = keys.Select(answers.GetValueOrDefault).FirstOrDefault(answer => answer?.IsFaulted == true)?.Exception?.InnerException;
        if (failed is not null || ended is not null)
            throw new ClientException(
                $"{failed?.Message ?? ended} {answers.Values.Count(IsThere):N0} of {keys.Distinct().Count():N0} are answered and kept; "
                    + "asked again, only the rest is sent.",
                failed
            );
        var all = keys.Select(key => answers[key].Result).ToArray();
        Log(keys, questions, all);
        return all;

        Task<ChatAnswer> Told(ChatAnswer known)
        {
            lock (gate)
                progress?.Report(++done);
            return Task.FromResult(known);
        }

        static bool IsThere(Task<ChatAnswer> answer) => answer.IsCompletedSuccessfully;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        chat.Dispose();
        cache.Dispose();
    }

    /// <summary>Waits until a question may be sent; says why where it may not.</summary>
    private async Task<string?> AdmitAsync(ChatQuestion question, List<Task<ChatAnswer>> open, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (open.Exists(answer => answer.IsFaulted))
                return ""; // Its own words are told.
            open.RemoveAll(answer => answer.IsCompleted);
            lock (gate)
                if (open.Count < client.Concurrency && spending.TryReserve(question.Most))
                    return null;
            // What is being asked may take less than was set aside for it.
            if (open.Count == 0)
                return $"the budget of {client.Budget!.Words} ends: {Spent.Total:N0} tokens are spent"
                    + (Money is { } money ? FormattableString.Invariant($" ({money:0.####} of money)") : "")
                    + $", and the next question may take {question.Most.Total:N0}. Raise the budget to go on.";
            await Task.WhenAny(open).ConfigureAwait(false);
        }
    }

    private async Task<ChatAnswer> AskOneAsync(string key, ChatQuestion question, Action answered, CancellationToken cancellation)
    {
        try
        {
            var answer = await AnswerAsync(question, cancellation).ConfigureAwait(false);
            lock (gate)
            {
                if (!answer.IsEstimated && answer.Usage.Output > question.MaxTokens)
                    throw TooLong(question, answer);
                cache.Add(new AskedQuestion(key, question, answer));
                Count(key, answer);
                Asked++;
                answered();
            }

            return answer;
        }
        finally
        {
            lock (gate)
                spending.Release(question.Most);
        }
    }

    private async Task<ChatAnswer> AnswerAsync(ChatQuestion question, CancellationToken cancellation)
    {
        ChatResponse response;
        try
        {
            response = await chat.GetResponseAsync(question.Turns.Select(Message), Options(question), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Whoever wrote the client: what it throws is told in its words.
            throw e as ClientException
                ?? e.InnerException as ClientException
                ?? new ClientException($"the client '{Vocabulary.Words.WordOf(client.GetType())}' fails: {e.Message}", e);
        }

        var text = response.Text;
        var isEstimated = response.Usage is not { InputTokenCount: not null, OutputTokenCount: not null };
        return new ChatAnswer(
            text,
            response.FinishReason?.Value,
            isEstimated
                ? new TokenUsage(Tokens(question.Bytes), Tokens(Encoding.UTF8.GetByteCount(text)))
                : new TokenUsage(response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value)
        )
        {
            IsEstimated = isEstimated,
        };
    }

    /// <summary>It is paid for, and no answer to what was asked: whoever does not keep the limit could pass any budget.</summary>
    private ClientException TooLong(ChatQuestion question, ChatAnswer answer)
    {
        spending.Spend(answer.Usage);
        Asked++;
        return new ClientException(
            $"the client '{Vocabulary.Words.WordOf(client.GetType())}' was asked for answers of at most {question.MaxTokens:N0} tokens, "
                + $"and says that one has {answer.Usage.Output:N0}. {client.LimitAdvice}"
        );
    }

    private ChatAnswer? Find(string key)
    {
        lock (gate)
        {
            if (cache.Find(key) is not { } known)
                return null;
            if (Count(key, known))
                Known++;
            return known;
        }
    }

    /// <summary>Counts what an answer has cost, once.</summary>
    private bool Count(string key, ChatAnswer answer)
    {
        if (!counted.Add(key))
            return false;
        spending.Spend(answer.Usage);
        Estimated += answer.IsEstimated ? 1 : 0;
        return true;
    }

    private void Log(string[] keys, IReadOnlyList<ChatQuestion> questions, ChatAnswer[] answers)
    {
        if (options.Log is null)
            return;
        using var log = new FileStream(options.Log, FileMode.Append, FileAccess.Write);
        for (var i = 0; i < keys.Length; i++)
            log.Write(AnswerCache.Line(new AskedQuestion(keys[i], questions[i], answers[i])));
    }

    private static ChatMessage Message(ChatTurn turn) =>
        new(
            turn.Role switch
            {
                Role.System => ChatRole.System,
                Role.User => ChatRole.User,
                _ => ChatRole.Assistant,
            },
            turn.Text
        );

    private static ChatOptions Options(ChatQuestion question) =>
        new()
        {
            MaxOutputTokens = question.MaxTokens,
            Temperature = (float?)question.Temperature,
            TopP = (float?)question.TopP,
            Seed = question.Seed,
            ResponseFormat = question.Schema is null
                ? null
                : ChatResponseFormat.ForJsonSchema(JsonSerializer.SerializeToElement(question.Schema), "answer"),
        };

    private static long Tokens(long bytes) => (bytes + BytesOfToken - 1) / BytesOfToken;
}
