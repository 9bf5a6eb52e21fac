using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TaskDsl.App.Sessions;
using TaskDsl.Models.MiniLM;
using TaskDsl.Torch.Sentences;

namespace TaskDsl.Models.Tests;

public sealed class EmbedVerbTests
{
    private static readonly string[] Texts = ["Rain.", "", "Sun, and \"more\" — 法律", "Rain."];

    private static string Folder => new MiniLmModel().FindFolder();

    [Fact]
    public async Task Lines_become_objects_with_text_and_vector()
    {
        using var folder = new TempFolder();
        await File.WriteAllLinesAsync(folder.In("texts.txt"), Texts);
        using var model = SentenceModel.Open(Folder);
        var expected = model.Embed(Texts);
        var (code, printed) = await Desk.RunAsync("embed", "minilm", folder.In("texts.txt"));
        Assert.True(code == ExitCode.Success, printed);
        Check(printed);
        (code, printed) = await Desk.RunAsync("embed", Folder, folder.In("texts.txt"), "--out", folder.In("vectors.jsonl"));
        Assert.True(code == ExitCode.Success && printed.Length == 0, printed);
        Check(await File.ReadAllTextAsync(folder.In("vectors.jsonl"), TestContext.Current.CancellationToken));

        void Check(string lines)
        {
            var records = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
            Assert.Equal(Texts, records.Select(r => (string)r["text"]!));
            for (var i = 0; i < Texts.Length; i++)
                Assert.Equal(expected[i], r(i));

            float[] r(int i) => records[i]["vector"].Deserialize<float[]>()!;
        }
    }

    [Fact]
    public async Task Rows_become_an_array_of_NumPy()
    {
        using var folder = new TempFolder();
        var texts = Enumerable.Range(0, 1500).Select(i => $"Text {i % 40}.").ToArray(); // More than are in memory at once.
        await File.WriteAllLinesAsync(
            folder.In("texts.jsonl"),
            texts.Select(text => new JsonObject { ["id"] = 1, ["body"] = text }.ToJsonString())
        );
        var (code, printed) = await Desk.RunAsync(
            "embed",
            "minilm",
            folder.In("texts.jsonl"),
            "--field",
            "body",
            "--out",
            folder.In("vectors.npy")
        );
        Assert.True(code == ExitCode.Success, printed);
        var bytes = await File.ReadAllBytesAsync(folder.In("vectors.npy"), TestContext.Current.CancellationToken);
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0], bytes[..8]);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        Assert.Equal(0, start % 64);
        var header = Encoding.ASCII.GetString(bytes[10..start]);
        Assert.Matches(@"^\{'descr': '<f4', 'fortran_order': False, 'shape': \(1500, 384\), \} *\n$", header);
        Assert.Equal(1500 * 384 * 4, bytes.Length - start);
        using var model = SentenceModel.Open(Folder);
        var expected = model.Embed(texts[..40]);
        foreach (var row in (int[])[0, 39, 40, 1024, 1499])
            for (var i = 0; i < 384; i++)
                Assert.Equal(expected[row % 40][i], BitConverter.ToSingle(bytes, start + (row * 384 + i) * 4), 1e-6f);

        await File.WriteAllTextAsync(folder.In("none.txt"), "");
        (code, printed) = await Desk.RunAsync("embed", "minilm", folder.In("none.txt"), "--out", folder.In("none.npy"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("'shape': (0, 384)", await File.ReadAllTextAsync(folder.In("none.npy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_read_and_what_is_too_long_is_told()
    {
        var longest = string.Concat(Enumerable.Repeat("word ", 300));
        var (code, printed) = await Desk.EndAsync(
            Desk.Start(Environment.GetEnvironmentVariable("TASKDSL_CACHE")!, "embed", "minilm", "-"),
            longest + "\nRain.\n"
        );
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(2, Regex.Count(printed, "\"vector\""));
        Assert.Contains("1 text was longer than the model reads", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_told_and_leaves_no_file()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.In("a.jsonl"), "{\"text\": \"a\"}\n{\"text\": 1}\n");
        await File.WriteAllTextAsync(folder.In("b.jsonl"), "{\"text\": \"a\"}\nno\n");
        await File.WriteAllBytesAsync(folder.In("latin.txt"), [0x66, 0xFC, 0x72, 0x0A]);
        await Refused("there is no file", "minilm", folder.In("gone.txt"));
        await Refused("a.jsonl(2): an object with a text 'text' was expected", "minilm", folder.In("a.jsonl"), "--field", "text");
        await Refused("b.jsonl(2) is no JSON", "minilm", folder.In("b.jsonl"), "--field", "text");
        await Refused("is no UTF-8", "minilm", folder.In("latin.txt"));
        await Refused("'minilx' is neither", "minilx", folder.In("a.jsonl"));
        var (code, printed) = await Desk.RunAsync("embed", "minilm", folder.In("a.jsonl"), "--out", folder.In("v.csv"));
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("not as '.csv'", printed, StringComparison.Ordinal);

        async Task Refused(string expected, params string[] args)
        {
            var (code, printed) = await Desk.RunAsync(["embed", .. args, "--out", folder.In("v.jsonl")]);
            Assert.True(code == ExitCode.Mistake, printed);
            Assert.Contains(expected, printed, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(folder.Path, "v.*"));
        }
    }

    [Fact]
    public async Task Other_folders_of_sentence_transformers_are_read_by_their_own_files()
    {
        using var folder = new TempFolder();
        foreach (var file in Directory.GetFiles(Folder))
            File.Copy(file, folder.In(Path.GetFileName(file)));
        Directory.CreateDirectory(folder.In("1_Pooling"));
        var modules = await File.ReadAllTextAsync(folder.In("modules.json"), TestContext.Current.CancellationToken);
        var texts = (string[])["Rain falls on the tenant's roof."];
        using var own = SentenceModel.Open(Folder);
        var mean = own.Embed(texts)[0];

        Write(
            "1_Pooling/config.json",
            """{"word_embedding_dimension": 384, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"""
        );
        var first = Vector();
        Assert.InRange(Cosine(mean, first), -1, 0.99f);
        Write("1_Pooling/config.json", """{"pooling_mode": "mean"}""");
        Assert.InRange(Cosine(mean, Vector()), 0.99999f, 1.00001f);
        var without = JsonNode.Parse(modules)!.AsArray();
        without.RemoveAt(2);
        Write("modules.json", without.ToJsonString());
        var raw = Vector();
        Assert.InRange(Cosine(mean, raw), 0.99999f, 1.00001f);
        Assert.True(MathF.Abs(Norm(raw) - 1) > 0.1f);
        Write("modules.json", modules);
        Write("sentence_bert_config.json", """{"max_seq_length": 4}""");
        using (var cut = SentenceModel.Open(folder.Path))
        {
            Assert.InRange(Cosine(cut.Embed(["Rain falls"])[0], cut.Embed(texts)[0]), 0.99999f, 1.00001f);
            Assert.Equal(1, cut.Cut);
        }

        Write("sentence_bert_config.json", """{"max_seq_length": 256}""");
        Write("config_sentence_transformers.json", """{"prompts": {"query": "query: "}, "default_prompt_name": "query"}""");
        Assert.InRange(Cosine(own.Embed(["query: " + texts[0]])[0], Vector()), 0.99999f, 1.00001f);
        File.Delete(folder.In("config_sentence_transformers.json"));

        foreach (
            var (file, text, expected) in new[]
            {
                ("1_Pooling/config.json", """{"pooling_mode_max_tokens": true}""", "pooled by 'max'"),
                (
                    "1_Pooling/config.json",
                    """{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""",
                    "pooled by 'mean, cls'"
                ),
                ("1_Pooling/config.json", """{"pooling_mode_mean_tokens": 5}""", "expected true or false"),
                ("1_Pooling/config.json", "{", "is no JSON"),
                ("1_Pooling/config.json", "", "is no JSON"),
                ("1_Pooling/config.json", null!, "there is no"),
                ("modules.json", """[{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]""", "the module 'Dense'"),
                ("modules.json", """[{"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"}]""", "'0_Transformer'"),
                ("modules.json", "{}", "it is no list"),
                ("modules.json", "[1]", "an object was expected"),
                ("sentence_bert_config.json", """{"max_seq_length": "many"}""", "expected a whole number"),
                ("sentence_bert_config.json", """{"do_lower_case": true}""", "do_lower_case is true"),
            }
        )
        {
            var before = await File.ReadAllTextAsync(folder.In(file), TestContext.Current.CancellationToken);
            if (text is null)
                File.Delete(folder.In(file));
            else
                Write(file, text);
            var error = Assert.Throws<HuggingFace.ModelException>(Vector);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Write(file, before);
        }

        float[] Vector()
        {
            using var model = SentenceModel.Open(folder.Path);
            return model.Embed(texts)[0];
        }

        void Write(string file, string text) => File.WriteAllText(folder.In(file), text);

        static float Norm(float[] a) => MathF.Sqrt(a.Sum(x => x * x));

        static float Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum() / Norm(a) / Norm(b);
    }
}
