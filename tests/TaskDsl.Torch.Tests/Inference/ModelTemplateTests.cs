using System.Text.Json;
using TaskDsl.Grammars;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Inference;

/// <summary>A model's own chat template, down to the tokens.</summary>
public sealed class ModelTemplateTests : TorchTest
{
    private const string WithBegin =
        "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}{% endfor %}{% if "
        + "add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_llama3");
    private static readonly PlainPrompt Prompt = new(new PlainTask(_ => Grammar.Choice(Grammar.Literal("yes"), Grammar.Literal("no"))));

    [Theory]
    [InlineData(WithBegin, 1)]
    [InlineData(
        "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + eos_token }}{% endfor %}{% if add_generation_prompt "
            + "%}<|assistant|>{% endif %}",
        0
    )]
    [InlineData("{{ '\\n' + bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}", 1)]
    public void A_text_begins_as_the_template_says_and_never_twice(string template, int expected)
    {
        var tokenizer = Tokenizer(template);
        var begin = tokenizer.TokenId("<|begin_of_text|>");
        Assert.Equal([begin], tokenizer.Prefix);
        var chat = new ModelFormat().Of(
            ChatTemplate.Of(template, ("bos_token", "<|begin_of_text|>"), ("eos_token", "<|end_of_text|>")),
            tokenizer.SpecialTokens
        );
        Assert.Equal(expected, Tokens(tokenizer, chat, "Pay. <|begin_of_text|>", null).Ids.Count(id => id == begin));
        Assert.Equal(1, Tokens(tokenizer, new Plain(), "Pay.", null).Ids.Count(id => id == begin));
    }

    [Fact]
    public void Training_and_prediction_have_the_same_tokens()
    {
        var tokenizer = Tokenizer(WithBegin);
        var chat = new ModelFormat().Of(
            ChatTemplate.Of(WithBegin, ("bos_token", "<|begin_of_text|>"), ("eos_token", "<|end_of_text|>")),
            tokenizer.SpecialTokens
        );
        foreach (var input in new[] { "Pay.", "<|assistant|>", "", "中文 😀 \n" })
        {
            var (trained, asked) = (Tokens(tokenizer, chat, input, "yes"), Tokens(tokenizer, chat, input, null));
            Assert.Equal(asked.Ids, trained.Ids.Take(asked.Ids.Length));
            Assert.Equal(Array.IndexOf([.. trained.CompletionMask], true), asked.Ids.Length);
            var answer = trained.Ids.Zip(trained.CompletionMask).Where(t => t.Second).Select(t => t.First).ToArray();
            Assert.Equal(tokenizer.TokenId("<|end_of_text|>"), answer[^1]);
            Assert.Equal("yes", tokenizer.Decode(answer[..^1]));
            Assert.Equal(1, asked.Ids.Count(id => id == tokenizer.TokenId("<|assistant|>")));
        }
    }

    [Theory]
    [InlineData(WithBegin)]
    [InlineData(
        "{{ bos_token }}{% for m in messages %}{{ '[INST] ' + m.content + ' [/INST]' if m.role == 'user' else m.content + "
            + "eos_token }}{% endfor %}"
    )]
    [InlineData(
        "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}{{ eos_token }}\n\n{% endfor %}{% if "
            + "add_generation_prompt %}Assistant: {% endif %}"
    )]
    public void A_prompt_has_the_tokens_of_the_whole_text(string template)
    {
        // What transformers does: it renders a text, then cuts it, with no token put before it.
        var tokenizer = Tokenizer(template);
        var chat = new ModelFormat().Of(
            ChatTemplate.Of(template, ("bos_token", "<|begin_of_text|>"), ("eos_token", "<|end_of_text|>")),
            tokenizer.SpecialTokens
        );
        foreach (var input in new[] { "Pay.", "It's 12345 days,", "中文 😀", "a  b\tc\n\nd" })
        {
            using var buffer = new PromptBuffer();
            Prompt.Render(buffer, input, null, "en", chat: chat);
            var whole = new List<int>();
            tokenizer.Encode(buffer.Utf8, special: true, whole);
            Assert.Equal(whole, tokenizer.Encode(buffer).Ids);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_trains_and_predicts_by_the_model_s_own_template(bool adapter)
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder, out var model);
        if (adapter)
            recipe = recipe with { Tuning = new Lora() };
        var template =
            """{% for m in messages %}{{ m.role + '\n' + m.content + eos_token + '\n' }}{% endfor %}{% if add_generation_prompt"""
            + """ %}{{ 'assistant\n' }}{% endif %}""";
        File.WriteAllText(Path.Combine(model, "chat_template.jinja"), template);
        using var run = await recipe.RunAsync(TrainingRunTests.Options(folder));
        Assert.True(run.After.Tasks[0].Metrics.Count > 0);
        if (!adapter)
            Assert.Equal(template, File.ReadAllText(Path.Combine(run.Folder, "best", "chat_template.jinja")));
        using var loaded = LoadedModel.Load(Path.Combine(run.Folder, "best")); // As it was trained, whatever the prompt says.
        Assert.IsType<ModelFormat>(loaded.ChatFormat);
        Assert.All(new Predictor(loaded).Predict([new PredictionRequest(Prompt, "x", "en")]), p =>
            Assert.True(p.Closed && p.Text is "yes" or "no")
        );
    }

    [Fact]
    public async Task A_model_without_a_template_or_with_a_bad_one_is_refused_before_anything_is_trained()
    {
        using var folder = new TempFolder();
        var recipe = Recipe(folder, out var model);
        Assert.Contains(
            "recipe 'tiny': the chat_format 'model' is the chat template in a model's folder, and there is none here",
            (await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(TrainingRunTests.Options(folder)))).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(Path.Combine(model, "chat_template.jinja"), "{% extends 'x' %}");
        Assert.Contains(
            "chat_template.jinja (1,4): the tag 'extends' is not supported",
            (await Assert.ThrowsAsync<RunException>(() => recipe.RunAsync(TrainingRunTests.Options(folder)))).Message,
            StringComparison.Ordinal
        );
        using var other = LoadedModel.Load(model); // With another chat format the model is as good as ever.
        Assert.Single(new Predictor(other).Predict([new PredictionRequest(Prompt, "x", "en")]));
    }

    [Fact]
    public void A_tuned_model_knows_its_layout()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        using var tuned = new LoadedModel(model.Model, model.Tokenizer) { ChatFormat = new Alpaca { Preamble = "Be brief." } };
        tuned.Save(folder.Path);
        using (var loaded = LoadedModel.Load(folder.Path))
            Assert.Equal(new Alpaca { Preamble = "Be brief." }, loaded.ChatFormat);
        using (var loaded = LoadedModel.Load(folder.Path, chatFormat: new ChatMl()))
            Assert.Equal(new ChatMl(), loaded.ChatFormat);
        File.WriteAllText(folder.File("chat_format.json"), "{\"chatlm\": {}}");
        Assert.Contains(
            "names the chat format 'chatlm'",
            Assert.Throws<ModelException>(() => LoadedModel.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(folder.File("chat_format.json"), "[");
        Assert.Contains(
            "cannot be read",
            Assert.Throws<ModelException>(() => LoadedModel.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static Recipes.Recipe Recipe(TempFolder folder, out string model)
    {
        model = TinyModel.Write(folder.File("model"));
        var recipe = TinyModel.Recipe(model);
        return recipe with
        {
            Model = recipe.Model with { ChatFormat = new ModelFormat() },
            Budget = new Budget { Epochs = 1 },
            Batch = recipe.Batch with { SequenceLength = 64 },
        };
    }

    private static Tokenizer Tokenizer(string template)
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(Golden, "tokenizer.json"), folder.File("tokenizer.json"));
        File.WriteAllText(
            folder.File("tokenizer_config.json"),
            JsonSerializer.Serialize(
                new
                {
                    bos_token = "<|begin_of_text|>",
                    eos_token = "<|end_of_text|>",
                    chat_template = template,
                }
            )
        );
        return TaskDsl.HuggingFace.Tokenizers.Tokenizer.Load(folder.Path);
    }

    private static TokenizedPrompt Tokens(Tokenizer tokenizer, ChatFormat chat, string input, string? output)
    {
        using var buffer = new PromptBuffer();
        Prompt.Render(buffer, input, output, "en", chat: chat);
        return tokenizer.Encode(buffer);
    }
}
