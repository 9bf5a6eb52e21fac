using System.Text;
using TaskDsl.App.Sessions;
using TaskDsl.HuggingFace;
using TaskDsl.Models.Tests.Onnx;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Onnx;
using static TorchSharp.torch;

namespace TaskDsl.Models.Tests;

public sealed class OnnxImportTests
{
    private static readonly int[][] Rows =
    [
        [1, 17, 42, 99, 254, 3],
        [1, 5, 3],
        [1, 3],
    ];

    private static string Golden(string name) =>
        Path.GetFullPath($"../TaskDsl.Torch.Tests/Golden/{name}", TaskCatalog.Default.ProjectDirectory);

    [Theory]
    [InlineData(null, "", false)]
    [InlineData("model.onnx_data", "", false)]
    [InlineData(null, "bert.", false)]
    [InlineData(null, "", true)]
    public void Hidden_states_are_those_of_ONNX_Runtime(string? beside, string prefix, bool keepsMatrices)
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        var file = folder.In("model.onnx");
        new Export(model)
        {
            Beside = beside,
            Prefix = prefix,
            KeepsMatrices = keepsMatrices,
        }.Write(file);
        using var read = OnnxImport.Read(file);
        Assert.Equal(
            (2, 64, 4, 256, 128),
            (read.Config.Layers, read.Config.HiddenSize, read.Config.Heads, read.Config.VocabularySize, read.Config.MaxPositions)
        );
        Assert.InRange(Judge.Difference(read, file, Rows), 0, 1e-5f);
        Assert.Equal(model.Parameters.Keys.Order(), read.Parameters.Keys.Order());
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in model.Parameters)
            Assert.True(weight.equal(read.Parameters[name]).all().item<bool>(), name);
    }

    [Fact]
    public async Task What_the_graph_does_not_say_is_read_beside_it()
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        Directory.CreateDirectory(folder.In("onnx"));
        new Export(model).Write(folder.In("onnx", "model.onnx"));
        // As the hub has it: the folder above.
        var config = await File.ReadAllTextAsync(Path.Combine(Golden("bert"), "config.json"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.In("config.json"), config.Replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 8"));
        using (var read = OnnxImport.Read(folder.In("onnx", "model.onnx")))
            Assert.Equal(8, read.Config.Heads);

        await File.WriteAllTextAsync(folder.In("config.json"), config.Replace("\"intermediate_size\": 128", "\"intermediate_size\": 100"));
        await Refused(folder, folder.In("onnx", "model.onnx"), "have another shape", "[128, 64], expected [100, 64]");
        await File.WriteAllTextAsync(folder.In("config.json"), config.Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"));
        await Refused(folder, folder.In("onnx", "model.onnx"), "are missing (16)", "encoder.layer.2.");
        await File.WriteAllTextAsync(folder.In("config.json"), config.Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"));
        await Refused(folder, folder.In("onnx", "model.onnx"), "are of no use to it (16)", "encoder.layer.1.");
        await File.WriteAllTextAsync(folder.In("config.json"), config.Replace("\"bert\"", "\"spiral\""));
        await Refused(folder, folder.In("onnx", "model.onnx"), "'spiral' is not known");
        await File.WriteAllTextAsync(folder.In("config.json"), "{");
        await Refused(folder, folder.In("onnx", "model.onnx"), "is no config.json");
        await File.WriteAllTextAsync(folder.In("config.json"), config);
        await File.WriteAllTextAsync(
            folder.In("vocab.txt"),
            string.Join('\n', Enumerable.Range(0, 300)) + "\n[UNK]\n[CLS]\n[SEP]\n[PAD]\n[MASK]\n"
        );
        await Refused(folder, folder.In("onnx", "model.onnx"), "do not belong together");
    }

    [Fact]
    public async Task What_cannot_be_mapped_is_named()
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        var file = folder.In("model.onnx");
        new Export(model) { Domain = "com.microsoft" }.Write(file);
        await Refused(folder, file, "2 operations cannot be mapped", "com.microsoft.Gelu '/Gelu_", "without fusing");
        new Export(model) { LosesNorms = true }.Write(file);
        await Refused(folder, file, "10 tensors cannot be mapped", "'norm_", "' float32 [64], taken by LayerNormalization '/", "; …");
        new Export(model) { Quantised = "encoder.layer.1.output.dense.weight" }.Write(file);
        await Refused(folder, file, "holds int8, which is not read here", "not quantised");
        new Export(model) { Quantised = "embeddings.word_embeddings.weight" }.Write(file);
        await Refused(folder, file, "'embeddings.word_embeddings.weight' holds int8");
    }

    [Fact]
    public async Task A_model_of_another_kind_is_refused()
    {
        using var folder = new TempFolder();
        var file = folder.In("model.onnx");
        // y = x · W + b: a graph, and no encoder.
        var graph = new Message()
            .Add(1, new Message().Add(1, "x").Add(1, "w").Add(2, "y").Add(4, "MatMul"))
            .Add(5, new Message().Add(1, 1).Add(1, 2).Add(2, 1).Add(8, "layer.weight").Add(9, new byte[8]));
        await File.WriteAllBytesAsync(file, new Message().Add(7, graph).Add(8, new Message().Add(2, 17)).Bytes);
        await Refused(folder, file, "'embeddings.word_embeddings.weight'; this file has 0");
        await File.WriteAllBytesAsync(
            file,
            new Message().Add(7, graph.Add(1, new Message().Add(1, "y").Add(2, "z").Add(4, "Sin"))).Add(8, new Message().Add(2, 17)).Bytes
        );
        await Refused(folder, file, "1 operation cannot be mapped", "Sin");
        await File.WriteAllBytesAsync(file, new Message().Add(7, graph.Add(15, new Message())).Add(8, new Message().Add(2, 17)).Bytes);
        await Refused(folder, file, "sparse tensors");
    }

    [Fact]
    public async Task A_broken_file_is_told()
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        var file = folder.In("model.onnx");
        new Export(model).Write(file);
        var whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        foreach (var length in (int[])[0, 1, 7, 100, whole.Length / 2, whole.Length - 20, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(file, whole[..length], TestContext.Current.CancellationToken);
            await Refused(folder, file, "is no ONNX file, or was cut short");
        }

        foreach (var content in (string[])["This is a text.", "{}", "<html>404</html>", "version https://git-lfs.github.com/spec/v1\n"])
        {
            await File.WriteAllTextAsync(file, content);
            await Refused(folder, file, "is no ONNX file, or was cut short");
        }

        await Refused(folder, folder.In("none.onnx"), "there is no file");
        await Refused(folder, folder.Path, "there is no file");

        // Any byte may be wrong: it is read, or refused in words.
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = 0; i < 3; i++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            try
            {
                OnnxImport.Read(file).Dispose();
            }
            catch (ModelException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }

    [Fact]
    public async Task Missing_or_short_external_data_is_told()
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        var (file, data) = (folder.In("model.onnx"), folder.In("weights.bin"));
        new Export(model) { Beside = "weights.bin" }.Write(file);
        var whole = await File.ReadAllBytesAsync(data, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(data, whole[..(whole.Length / 2)], TestContext.Current.CancellationToken);
        await Refused(folder, file, "of 'weights.bin', which has only", "cut short");
        await File.WriteAllBytesAsync(data, [], TestContext.Current.CancellationToken);
        await Refused(folder, file, "which has only 0");
        File.Delete(data);
        await Refused(folder, file, "is said to be in 'weights.bin', which is not there");
        foreach (var outside in (string[])["../weights.bin", "/etc/passwd", ""])
        {
            new Export(model) { Beside = "weights.bin" }.Write(file);
            var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            // The same length, so that nothing else of the message changes.
            if (outside.Length > 0)
                bytes = bytes.Replace("weights.bin", outside.PadRight(11, 'x')[..11], StringComparison.Ordinal);
            else
                bytes = bytes.Replace("location", "somehow!", StringComparison.Ordinal);
            await File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes(bytes), TestContext.Current.CancellationToken);
            await Refused(folder, file, "expected a file beside this one");
        }
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_a_missing_tokenizer_is_told()
    {
        using var folder = new TempFolder();
        using var model = Torch.Models.Encoder.Load(Golden("bert"));
        var file = folder.In("model.onnx");
        new Export(model).Write(file);
        var (code, printed) = await Desk.RunAsync("import", file, "--out", folder.Path);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("is not empty", printed, StringComparison.Ordinal);
        (code, printed) = await Desk.RunAsync("import", file, "--out", folder.In("new", "model"));
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains("there is no tokenizer beside", printed, StringComparison.Ordinal);
        using var read = LanguageModel.Load(folder.In("new", "model"));
        Assert.InRange(Judge.Difference(read, file, Rows), 0, 1e-5f);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(folder.In("new", "model")).Select(Path.GetFileName).Order());
    }

    private static async Task Refused(TempFolder folder, string file, params string[] expected)
    {
        var (code, printed) = await Desk.RunAsync("import", file, "--out", folder.In("out"));
        Assert.True(code == ExitCode.Mistake, printed);
        foreach (var part in expected)
            Assert.Contains(part, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("out")));
        Assert.Empty(Directory.GetDirectories(folder.Path, "*.tmp"));
    }
}
