/* Prints what getaddrinfo says of each name that it is given, and what getnameinfo says of the loopback addresses. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static void back(struct sockaddr *address, socklen_t length)
{
	char name[256];
	int error = getnameinfo(address, length, name, sizeof name, 0, 0, NI_NAMEREQD);
	printf("%s\n", error ? gai_strerror(error) : name);
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME }, *found, *one;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-back")) {
			struct sockaddr_in four = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
			struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
			back((struct sockaddr *)&four, sizeof four);
			back((struct sockaddr *)&six, sizeof six);
			continue;
		}
		int error = getaddrinfo(argv[i], 0, &hints, &found);
		if (error) {
			printf("%s: %s\n", argv[i], gai_strerror(error));
			continue;
		}
		printf("%s: %s", argv[i], found->ai_canonname);
		for (one = found; one; one = one->ai_next) {
			char text[INET6_ADDRSTRLEN];
			void *address = one->ai_family == AF_INET ? (void *)&((struct sockaddr_in *)one->ai_addr)->sin_addr
				: (void *)&((struct sockaddr_in6 *)one->ai_addr)->sin6_addr;
			printf(" %s", inet_ntop(one->ai_family, address, text, sizeof text));
		}
		printf("\n");
	}
	return 0;
}
