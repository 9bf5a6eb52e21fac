using System.Text.Json;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using Xunit;
using static TaskDsl.Prompts.Tests.Chat.ModelTemplateTests;

namespace TaskDsl.Prompts.Tests.Chat;

/// <summary>Where a model's chat template stands, and what is said of files that are broken.</summary>
public sealed class ModelTemplateFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chat").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Templates_are_found_where_transformers_finds_them()
    {
        Write("chat_template.json", new { chat_template = "{% for m in messages %}3{{ m.content }}<|im_end|>{% endfor %}" });
        Assert.StartsWith("[3Pay.]C[<|im_end|>][3]", FromFolder(), StringComparison.Ordinal);
        Write(
            "tokenizer_config.json",
            new
            {
                chat_template = "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}",
                bos_token = new { content = "<s>" },
                eos_token = "</s>",
            }
        );
        Assert.StartsWith("C[<s>][Pay.]C[</s>]", FromFolder(), StringComparison.Ordinal);
        Write(
            "tokenizer_config.json",
            new
            {
                chat_template = new[]
                {
                    new { name = "tool_use", template = "no" },
                    new { name = "default", template = "{% for m in messages %}2{{ m.content }}<|im_end|>{% endfor %}" },
                },
            }
        );
        Assert.StartsWith("[2Pay.]C[<|im_end|>][2]", FromFolder(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "{% for m in messages %}1{{ m.content }}<|im_end|>{% endfor %}");
        Assert.StartsWith("[1Pay.]C[<|im_end|>][1]", FromFolder(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{", "is no JSON")]
    [InlineData("tokenizer_config.json", "[]", "holds no object")]
    [InlineData("tokenizer_config.json", "{\"chat_template\": 5}", "neither a text nor a list")]
    [InlineData(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}",
        "has the templates rag, and none named 'default'"
    )]
    [InlineData("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"rag\"}]}", "has no template")]
    public void Broken_files_are_named(string file, string text, string message)
    {
        File.WriteAllText(Path.Combine(folder, file), text);
        Assert.Contains(message, Assert.Throws<ChatTemplateException>(() => ChatTemplate.Load(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_of_a_file_of_its_own_is_saved_beside_the_tokenizer()
    {
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), ChatMl);
        var copy = Directory.CreateDirectory(Path.Combine(folder, "copy")).FullName;
        ChatTemplate.Load(folder)!.Save(copy);
        Assert.Equal(ChatMl, File.ReadAllText(Path.Combine(copy, "chat_template.jinja")));
    }

    private string FromFolder() => Render(new ModelFormat().Of(ChatTemplate.Load(folder), Tokens), "zh", answered: false);

    private void Write(string file, object json) => File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(json));
}
