using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

/// <summary>What comes out of the cache is what tokenising gives, whatever was done to the cache or to what it was made from.</summary>
public sealed class TokenCacheTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly List<string> notices = [];
    private readonly Tokenizer tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_gpt2"));
    private readonly Dataset data = DatasetBuilder.LoadAsync(new LettersTask(), new DataOptions()).GetAwaiter().GetResult();

    public void Dispose()
    {
        data.Dispose();
        folder.Dispose();
    }

    [Theory, InlineData(0, 1), InlineData(0, 2), InlineData(2, 1)]
    public void A_cached_source_gives_what_tokenising_gives(int demonstrations, int phrasings)
    {
        for (var round = 0; round < 2; round++)
        {
            using var plain = Source(demonstrations, phrasings);
            using var cached = new CachedSource(Source(demonstrations, phrasings), Cache());
            foreach (var repetition in new[] { 0, 1, 3 })
            {
                Assert.Equal(Texts(plain, repetition), Texts(cached, repetition));
                Assert.Equal(
                    Enumerable.Range(0, plain.Count).Select(i => plain.Measure(i, repetition)),
                    Enumerable.Range(0, plain.Count).Select(i => cached.Measure(i, repetition))
                );
                Assert.Equal(plain.Encode(7, repetition).Origin.ToString(), cached.Encode(7, repetition).Origin.ToString());
            }
        }

        Assert.Equal(demonstrations == 0 && phrasings == 1 ? 1 : 3, Files().Length);
        Assert.Empty(notices);
    }

    [Fact]
    public void Training_from_the_cache_gives_the_same_steps()
    {
        using var plain = Source(2, 2);
        using var cached = new CachedSource(Source(2, 2), Cache());
        Assert.Equal(Steps(plain), Steps(cached));

        static IEnumerable<string> Steps(TokenSource source) =>
            new TrainingStream([source], new Batch { Rows = 2, SequenceLength = 64 }, 0, 1)
                .Steps()
                .Take(20)
                .SelectMany(s => s.Batches)
                .Select(b => string.Join(' ', b.Ids.ToArray()))
                .ToArray();
    }

    [Fact]
    public void An_edit_of_any_ingredient_makes_the_tokens_anew()
    {
        var t5 = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_t5"));
        TaskSource[] others =
        [
            Source(),
            Source(fingerprint: "other data"),
            Source(seed: 2, phrasings: 2),
            Source(seed: 3, phrasings: 2),
            Source(demonstrations: 1),
            Source(demonstrations: 2),
            Source(prompt: new EditedPrompt("edited")),
            Source(chat: new ChatMl()),
            Source(chat: new Alpaca()),
            Source(objective: new Classification()),
            Source(objective: new CausalLm()),
            Source(separate: true),
            Source(task: new LettersTask("another")),
            Source(measured: true, demonstrations: 1),
            Source(tokens: t5),
        ];
        var ingredients = others.Select(s => string.Join('\n', s.Ingredients(0))).ToList();
        Assert.Equal(others.Length, ingredients.Distinct().Count());
        Assert.Equal(ingredients[0], string.Join('\n', Source().Ingredients(5))); // All repetitions are alike.
        Assert.Equal(ingredients[0], string.Join('\n', Source(seed: 2).Ingredients(0))); // Nothing is drawn.
        Assert.NotEqual(ingredients[2], string.Join('\n', others[2].Ingredients(1)));
        Assert.Contains(typeof(TokenCache).Module.ModuleVersionId.ToString(), ingredients[0], StringComparison.Ordinal);
        foreach (var source in others)
            source.Dispose();
    }

    [Fact]
    public void Tokens_that_the_code_would_make_otherwise_today_are_made_anew()
    {
        using (var before = new CachedSource(Source(), Cache()))
            _ = before.Measure(0, 0);
        // As if the compiler had changed: the same fingerprint, another text.
        var edited = new EditedPrompt(new LettersPrompt(new LettersTask(), phrasings: 1).Fingerprint);
        using var plain = Source(prompt: edited);
        using var after = new CachedSource(Source(prompt: edited), Cache());
        Assert.Equal(Texts(plain, 0), Texts(after, 0));
        Assert.Contains("are not those that the examples have today", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_named_and_made_anew()
    {
        using var plain = Source();
        using (var first = new CachedSource(Source(), Cache()))
            _ = first.Measure(0, 0);
        var file = Assert.Single(Files());
        var whole = File.ReadAllBytes(file);
        for (var at = 0; at < whole.Length; at += 97)
        {
            notices.Clear();
            var damaged = whole.ToArray();
            damaged[at]++;
            File.WriteAllBytes(file, at % 2 == 0 ? damaged : whole[..at]);
            using var again = new CachedSource(Source(), Cache());
            Assert.Equal(Texts(plain, 0), Texts(again, 0));
            Assert.StartsWith(file, Assert.Single(notices), StringComparison.Ordinal);
            Assert.Equal(whole, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void Many_at_once_do_not_disturb_each_other()
    {
        using var plain = Source();
        var expected = Texts(plain, 0);
        Parallel.For(0, 8, _ =>
        {
            using var cached = new CachedSource(Source(), new TokenCache(folder.Path));
            Assert.Equal(expected, Texts(cached, 0));
        });
        Assert.Single(Files());
        Assert.Single(Directory.GetFiles(folder.Path)); // Nothing is left beside it.
    }

    [Fact]
    public void A_full_disk_is_named_and_leaves_nothing_behind()
    {
        var error = Assert.Throws<DataException>(() => Cache().Open(["x"], _ => true, Full));
        Assert.Contains($"{folder.Path}: the tokens cannot be written there: no room", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));

        static IEnumerable<TokenBlock> Full()
        {
            var block = new TokenBlock();
            block.Add(new TokenGroup(Sequences.Of(1, 5)), 0);
            yield return block;
            throw new IOException("no room.");
        }
    }

    [Fact]
    public void What_was_not_used_for_longest_goes_first_and_killed_writers_leave_nothing_for_good()
    {
        string[] names = ["old.tokens", "older.tokens", "today.tokens", "killed.tokens.1.tmp"];
        foreach (var (name, days) in names.Zip([2, 3, 0, 2]))
        {
            using (var file = File.Create(folder.File(name)))
                file.SetLength(6L << 30); // Sparse: it takes no room.
            File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow.AddDays(-days));
        }

        using var cached = new CachedSource(Source(), Cache());
        _ = cached.Measure(0, 0);
        Assert.Equal(2, Files().Length);
        Assert.True(File.Exists(folder.File("today.tokens")));
        Assert.False(File.Exists(folder.File("killed.tokens.1.tmp")));
    }

    private TokenCache Cache() => new(folder.Path, notices.Add);

    private string[] Files() => Directory.GetFiles(folder.Path, "*.tokens");

    private TaskSource Source(
        int demonstrations = 0,
        int phrasings = 1,
        int seed = 1,
        string fingerprint = "data",
        Prompt? prompt = null,
        ChatFormat? chat = null,
        Objective? objective = null,
        bool separate = false,
        DslTask? task = null,
        bool measured = false,
        Tokenizer? tokens = null
    ) =>
        new()
        {
            Prompt = prompt ?? new LettersPrompt(task ?? new LettersTask(), demonstrations, phrasings),
            Examples = data[SplitName.Train],
            Fingerprint = fingerprint,
            Demonstrations = new Demonstrations(data[SplitName.Train], new DemonstrationPlan { Count = demonstrations }, seed),
            Tokenizer = tokens ?? tokenizer,
            ChatFormat = chat,
            Objective = objective ?? new Supervised(),
            Separate = separate,
            Seed = measured ? null : seed,
        };

    private static string[] Texts(TokenSource source, int repetition) =>
        [
            .. Enumerable
                .Range(0, source.Count)
                .SelectMany(i => source.Encode(i, repetition).Sequences)
                .Select(s => $"{string.Join(' ', s.Ids)} {string.Join(' ', s.CompletionMask)}"),
        ];

    /// <summary>The letters' prompt with another text.</summary>
    private sealed class EditedPrompt(string fingerprint) : Prompt
    {
        public override string Name => "letters";

        public override string Summary => "";

        public override DslTask Task { get; } = new LettersTask();

        public override ChatFormat ChatFormat { get; } = new Plain();

        public override DemonstrationPlan Demonstrations => new();

        public override string Fingerprint => fingerprint;

        public override int Phrasings(string language) => 1;

        protected override bool HasSystem(string language) => false;

        protected override void RenderSystem(PromptBuffer buffer, object input, string language) { }

        protected override void RenderUser(PromptBuffer buffer, object input, string language, int phrasing) =>
            buffer.Append("another text"u8);

        protected override void RenderAnswerPrefix(PromptBuffer buffer, object input, string language) { }
    }
}
