using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>What llama.cpp computes with the files of golden models is what transformers computed with the models.</summary>
public sealed class GgufGoldenTests : TorchTest
{
    private const double Exact = 5e-5,
        Gelu = 5e-3; // llama.cpp's own GELU: from a table of halves.

    private const string Llama3 =
        @"""factor"": 8, ""low_freq_factor"": 1, ""high_freq_factor"": 4, ""original_max_position_embeddings"": 64";

    [Theory]
    [InlineData("llama"), InlineData("llama_tied_bias"), InlineData("llama_rope_linear"), InlineData("llama_rope_llama3")]
    [InlineData("llama_rope_yarn"), InlineData("qwen2"), InlineData("qwen3"), InlineData("phi3")]
    public void Scores_are_those_of_transformers(string name)
    {
        using var golden = new GoldenModel(name);
        using var engine = new Engine(golden.Model);
        var rows = Rows(golden).ToList();
        Assert.True(rows.Count >= 4);
        foreach (var (tokens, expected) in rows)
            Close(expected, engine.Scores(tokens), Exact);
    }

    /// <summary>With its GELU in the model, llama.cpp's scores are the model's; the model's own are near.</summary>
    [Theory]
    [InlineData("gemma2"), InlineData("gpt2"), InlineData("gpt_neox"), InlineData("gpt_neox_sequential"), InlineData("bloom")]
    public void Scores_are_those_of_transformers_but_for_the_activation(string name)
    {
        using var golden = new GoldenModel(name);
        using var engine = new Engine(golden.Model);
        Assert.Contains(GgufModel.Of(golden.Model).Notices, notice => notice.Contains("GELU", StringComparison.Ordinal));
        foreach (var (tokens, expected) in Rows(golden))
            Close(expected, engine.Scores(tokens), Gelu);
        EngineGelu.PutInto(golden.Model);
        Near([.. Rows(golden).Select(row => (Scores((Decoder)golden.Model, row.Tokens), engine.Scores(row.Tokens)))]);
    }

    /// <summary>Its windows are not known to llama.cpp: the file ends where the first window does, and says so.</summary>
    [Fact]
    public void A_model_with_a_window_is_exact_up_to_it()
    {
        using var golden = new GoldenModel("mistral");
        using var engine = new Engine(golden.Model);
        Assert.Equal(5, engine.Llama.Weights.ContextSize);
        Assert.Contains(GgufModel.Of(golden.Model).Notices, notice =>
            notice.Contains("the last 5 only (sliding_window)", StringComparison.Ordinal)
        );
        foreach (var (tokens, expected) in Rows(golden))
            Close(expected.narrow(0, 0, 5), engine.Scores(tokens[..5]), Exact);
    }

    /// <summary>Which factors hold is the context's length there, and each row's here.</summary>
    [Fact]
    public void Longrope_has_both_factors()
    {
        using var golden = new GoldenModel("phi3_longrope");
        using var far = new Engine(golden.Model);
        using var near = new Engine(golden.Model, ("phi3.rope.scaling.original_context_length", 4096u));
        foreach (var (tokens, expected) in Rows(golden))
            Close(expected, (tokens.Length > 32 ? far : near).Scores(tokens), Exact);
        Assert.Contains(Rows(golden), row => row.Tokens.Length > 32);
    }

    /// <summary>A file of an encoder gives its last states; all tokens are of the first type in it.</summary>
    [Theory]
    [InlineData("bert"), InlineData("bert_mlm")]
    public void States_of_an_encoder_are_those_of_the_model_but_for_the_activation(string name)
    {
        using var golden = new GoldenModel(name);
        using var engine = new Engine(golden.Model);
        int[][] rows = [.. Ids(golden, "full"), .. Ids(golden, "right")];
        foreach (var tokens in rows)
            Close(States((Encoder)golden.Model, tokens), engine.States(tokens), Gelu);
        EngineGelu.PutInto(golden.Model);
        Near([.. rows.Select(tokens => (States((Encoder)golden.Model, tokens), engine.States(tokens)))]);
    }

    [Theory]
    [InlineData("llama_rope_dynamic", "rope_type is dynamic; expected default or one of linear, yarn, llama3, longrope")]
    [InlineData("bloom_heads_np2", "apply_residual_connection_post_layernorm")]
    [InlineData("opt", "there is no architecture for it; there are those of bert, bloom, gemma2, gpt2, gpt_neox, llama, mistral, phi3")]
    [InlineData("t5", "there is no architecture for it"), InlineData("electra_generator", "there is no architecture for it")]
    [InlineData("bert_seqcls", "it ends in "), InlineData("bert_tokcls", "it ends in ")]
    public void What_the_format_cannot_say_is_refused(string name, string expected)
    {
        using var golden = new GoldenModel(name);
        var error = Assert.Throws<ModelException>(() => GgufModel.Of(golden.Model));
        Assert.Contains("GGUF cannot say it: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "qwen2",
        "{\"rope_scaling\": {\"rope_type\": \"llama3\", " + Llama3 + "}}",
        "rope_type is llama3; expected default or one of linear, yarn"
    )]
    [InlineData("llama", """{"hidden_act": "relu"}""", "its activation is Relu, and that of the architecture llama is Silu")]
    [InlineData("llama", """{"partial_rotary_factor": 0.5}""", "rotary positions turn 8 of each head's 16 numbers")]
    [InlineData("qwen3", """{"attention_bias": true}""", "its attention has biases")]
    [InlineData("gemma2", """{"layer_types": ["full_attention", "sliding_attention"]}""", "every second one from the first on")]
    [InlineData("gemma2", """{"attn_logit_softcapping": null}""", "not capped")]
    [InlineData("llama_rope_yarn", """{"rope_scaling": {"rope_type": "yarn", "factor": 4, "truncate": false}}""", "truncate: false")]
    public void So_is_what_one_setting_changes(string name, string settings, string expected)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name, "config.json")))!.AsObject();
        foreach (var (setting, value) in JsonNode.Parse(settings)!.AsObject())
            config[setting] = value?.DeepClone();
        using var model = LanguageModel.Create(ModelConfig.Parse(config), 1);
        Assert.Contains(expected, Assert.Throws<ModelException>(() => GgufModel.Of(model)).Message, StringComparison.Ordinal);
    }

    /// <summary>Each row without its padding, and what transformers gave.</summary>
    private static IEnumerable<(int[] Tokens, Tensor Expected)> Rows(GoldenModel golden)
    {
        // Left padding moves no token of a model that counts positions from the first real one, or not at all.
        foreach (var @case in golden.Cases.Where(c => !golden.Has($"{c}/position_ids")))
        foreach (var (row, tokens) in Ids(golden, @case).Index())
            yield return (tokens, golden[$"{@case}/logits"][row].index_select(0, golden.Real(@case)[row].nonzero().view(-1)));
    }

    private static IEnumerable<int[]> Ids(GoldenModel golden, string @case)
    {
        var (ids, real) = (golden[$"{@case}/input_ids"], golden.Real(@case));
        for (var row = 0; row < ids.size(0); row++)
            yield return [.. ids[row].masked_select(real[row]).data<long>().Select(id => (int)id)];
    }

    /// <summary>
    /// Holds most places to <see cref="Exact"/>: a number at the edge between two halves becomes the one here and the other there, and what
    /// sees it differs by a half's last digit.
    /// </summary>
    private static void Near(IReadOnlyList<(Tensor Expected, Tensor Actual)> rows)
    {
        float[] places = [.. rows.SelectMany(row => (row.Expected - row.Actual).abs().amax([1L]).data<float>())];
        Assert.InRange(places.Max(), 0, 1e-3);
        Assert.InRange(places.Count(place => place <= Exact), 0.75 * places.Length, places.Length);
        Assert.InRange(places.Order().ElementAt(places.Length / 2), 0, Exact / 4);
    }

    private static Tensor Row(int[] tokens) => tensor(tokens.Select(id => (long)id).ToArray()).unsqueeze(0);

    private static Tensor Scores(Decoder model, int[] tokens)
    {
        using var ungraded = no_grad();
        return model.Logits(model.Hidden(Row(tokens)))[0];
    }

    private static Tensor States(Encoder model, int[] tokens)
    {
        using var ungraded = no_grad();
        return model.Hidden(Row(tokens))[0];
    }

    /// <summary>A model's file, open in llama.cpp.</summary>
    private sealed class Engine : IDisposable
    {
        private readonly TempFolder folder = new();

        public Engine(LanguageModel model, params (string Key, object Value)[] changed)
        {
            var (gguf, type, file) = (GgufModel.Of(model), new Float32Type(), folder.File("model.gguf"));
            var settings = gguf.Settings("golden", type)
                .Concat(model is Encoder ? Made(model.Config.VocabularySize) : [new("tokenizer.ggml.model", "no_vocab")])
                .Select(setting =>
                    changed.Where(c => c.Key == setting.Key).Select(c => KeyValuePair.Create(c.Key, c.Value)).FirstOrDefault(setting)
                );
            var tensors = gguf.Tensors(type);
            GgufWriter.Write(file, settings, tensors, TestContext.Current.CancellationToken);
            Assert.Equal(0, GgufCheck.Compare(file, tensors, TestContext.Current.CancellationToken).Largest);
            Llama = new LlamaCpp(file);
        }

        public LlamaCpp Llama { get; }

        public Tensor Scores(int[] tokens) => stack(Llama.Logits(tokens).Select(row => tensor(row)));

        public Tensor States(int[] tokens) => stack(Llama.Hidden(tokens).Select(row => tensor(row)));

        /// <summary>Without a vocabulary llama.cpp opens no encoder.</summary>
        private static KeyValuePair<string, object>[] Made(int size) =>
            [
                new("tokenizer.ggml.model", "bert"),
                new("tokenizer.ggml.tokens", Enumerable.Range(0, size).Select(i => $"token {i}").ToArray()),
            ];

        public void Dispose()
        {
            Llama.Dispose();
            folder.Dispose();
        }
    }
}
